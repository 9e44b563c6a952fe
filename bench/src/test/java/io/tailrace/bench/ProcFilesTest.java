package io.tailrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcFilesTest {
  private static final String TCP_HEAD =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n";

  @TempDir Path proc;
  private ProcFiles files;

  @BeforeEach
  void create() throws IOException {
    files = new ProcFiles(proc);
    write("net/tcp", TCP_HEAD);
    write("net/tcp6", TCP_HEAD);
  }

  @Test
  void cpuTimeOfAProcessWhoseNameLooksLikeFields() throws IOException {
    write("42/stat", "42 (a) S 1 2 (b c) S 1 42 42 0 -1 4194560 9 8 7 6 1234 766 3 4 20 0 33 0 5");
    assertThat(files.cpuSeconds(42)).isEqualTo(20.0);
  }

  @Test
  void residentAndAvailableMemory() throws IOException {
    write("42/status", "Name:\tjava\nVmHWM:\t 999 kB\nVmRSS:\t  1024 kB\nThreads:\t3\n");
    write("meminfo", "MemTotal: 4096 kB\nMemAvailable:    2048 kB\n");
    assertThat(files.residentBytes(42)).isEqualTo(1 << 20);
    assertThat(files.availableBytes()).isEqualTo(2 << 20);
  }

  @Test
  void contextSwitchesOfThreadsThatComeAndGo() throws IOException {
    String status = "Name:\tx\nvoluntary_ctxt_switches:\t%d\nnonvoluntary_ctxt_switches:\t%d\n";
    write("42/stat", "42 (a) S 1 42 42 0 -1 4194560 9 8 7 6 1234 766 3 4 20 0 33 0 5");
    write("42/task/42/status", status.formatted(100, 20));
    write("42/task/43/status", status.formatted(1000, 0));
    ProcessSample before = ProcessSample.take(files, 42);
    write("42/task/42/status", status.formatted(103, 24));
    Files.delete(proc.resolve("42/task/43/status"));
    Files.delete(proc.resolve("42/task/43"));
    write("42/task/44/status", status.formatted(1, 1));
    assertThat(before.contextSwitchesUntil(ProcessSample.take(files, 42))).isEqualTo(3 + 4 + 2);
  }

  @Test
  void readsAndWritesIfTheyMayBeSeen() throws IOException {
    write("42/io", "rchar: 9\nwchar: 9\nsyscr: 30\nsyscw: 12\nread_bytes: 0\n");
    assertThat(files.readsAndWrites(42)).hasValue(42);
    assertThat(files.readsAndWrites(43)).isEmpty();
  }

  @Test
  void aProcessThatHasEndedIsNamed() {
    assertThatThrownBy(() -> files.cpuSeconds(43))
        .isInstanceOf(BenchException.class)
        .hasMessageContaining("43/stat");
  }

  @Test
  void theListenerNotTheConnectionsOfAPort() throws IOException {
    String row = "   %d: 0100007F:2384 00000000:0000 %s 00000000:00000000 00:00000000 0 0 0 %d 1\n";
    write("net/tcp", TCP_HEAD + row.formatted(0, "01", 111) + row.formatted(1, "0A", 222));
    link("41/fd/5", "socket:[111]");
    link("42/fd/0", "/dev/null");
    link("42/fd/7", "socket:[222]");
    write("uptime", "not a process");
    assertThat(files.listenerOn(0x2384)).hasValue(42);
    assertThat(files.listenerOn(0x2385)).isEmpty();
  }

  @Test
  void thisVeryProcess() throws IOException {
    ProcFiles real = new ProcFiles(Path.of("/proc"));
    long self = ProcessHandle.current().pid();
    assertThat(real.cpuSeconds(self)).isPositive();
    assertThat(real.residentBytes(self)).isGreaterThan(10 << 20);
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThat(real.listenerOn(server.getLocalPort())).hasValue(self);
    }
  }

  private void write(String file, String content) throws IOException {
    Path path = proc.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
  }

  private void link(String file, String target) throws IOException {
    Path path = proc.resolve(file);
    Files.createDirectories(path.getParent());
    Files.createSymbolicLink(path, Path.of(target));
  }
}
