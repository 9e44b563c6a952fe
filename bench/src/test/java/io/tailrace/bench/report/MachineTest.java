package io.tailrace.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {
  @TempDir Path folder;

  @Test
  void readsWhatLinuxTells() throws Exception {
    Files.writeString(folder.resolve("cpuinfo"), "processor\t: 0\nmodel name\t: AMD EPYC 9B14\n");
    Files.writeString(folder.resolve("meminfo"), "MemTotal:       24000000 kB\nMemFree: 1 kB\n");
    Files.createDirectories(folder.resolve("sys/kernel"));
    Files.writeString(folder.resolve("sys/kernel/osrelease"), "6.18.44\n");
    Machine machine = Machine.here(folder, folder);
    assertThat(machine.cpu()).isEqualTo("AMD EPYC 9B14");
    assertThat(machine.memoryBytes()).isEqualTo(24_000_000L * 1024);
    assertThat(machine.kernel()).isEqualTo("Linux 6.18.44");
    assertThat(machine.commit()).as("no source tree").isEqualTo("unknown");
    assertThat(machine.jdk()).contains("25");
  }

  @Test
  void saysUnknownWhereNothingIsTold() throws Exception {
    Machine machine = Machine.here(folder.resolve("missing"), folder.resolve("missing"));
    assertThat(machine.cpu()).isEqualTo("unknown");
    assertThat(machine.memoryBytes()).isZero();
    assertThat(machine.cores()).isPositive();
  }
}
