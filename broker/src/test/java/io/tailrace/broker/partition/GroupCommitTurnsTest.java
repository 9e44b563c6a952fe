package io.tailrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.env.Clock;
import io.tailrace.env.Environment;
import io.tailrace.log.LogConfig;
import io.tailrace.log.LogManager;
import io.tailrace.log.LogManagerSettings;
import io.tailrace.testkit.SeededRandomness;
import io.tailrace.testkit.SimDisk;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class GroupCommitTurnsTest {
  private final Queue<Runnable> flusher = new ArrayDeque<>();

  /** A partition with ever new waiters must not keep a flusher thread from the others. */
  @Test
  void aBusyPartitionGoesToTheEndOfTheLine() throws Exception {
    Environment environment =
        new Environment(Clock.system(), new SimDisk(), new SeededRandomness(1));
    Path folder = Path.of("/data");
    try (LogManager logs = LogManager.open(environment, folder, LogManagerSettings.DEFAULT)) {
      GroupCommit busy = new GroupCommit(logs.create("a-0", "id", LogConfig.DEFAULT), flusher::add);
      GroupCommit other =
          new GroupCommit(logs.create("b-0", "id", LogConfig.DEFAULT), flusher::add);
      List<String> told = new ArrayList<>();
      busy.request(failure -> {
        told.add("busy");
        busy.request(again -> told.add("busy again"));
      });
      busy.request(failure -> told.add("busy, same sync"));
      other.request(failure -> told.add("other"));
      for (Runnable sync = flusher.poll(); sync != null; sync = flusher.poll()) {
        sync.run();
      }
      assertThat(told).containsExactly("busy", "busy, same sync", "other", "busy again");
    }
  }
}
