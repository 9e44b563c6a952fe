package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.testkit.SimClock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RecoveryProgressTest {
  private final Logger logger = Logger.getLogger(RecoveryProgress.class.getName());
  private final List<String> lines = new ArrayList<>();
  private final SimClock clock = new SimClock(0);

  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          lines.add(new SimpleFormatter().formatMessage(line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    logger.setLevel(Level.INFO);
    logger.setUseParentHandlers(false);
    logger.addHandler(handler);
  }

  @AfterEach
  void stopListening() {
    logger.removeHandler(handler);
    logger.setUseParentHandlers(true);
    logger.setLevel(null);
  }

  @Test
  void tellsEveryFewSeconds() {
    int[] asked = {0};
    RecoveryProgress progress =
        new RecoveryProgress(
            clock,
            Path.of("/data"),
            3,
            () -> {
              asked[0]++;
              return 100L << 20;
            });
    progress.read(10 << 20);
    progress.logDone();
    assertThat(lines).isEmpty();
    assertThat(asked[0]).as("costs nothing while it is quick").isZero();
    clock.advanceMs(5_000);
    progress.read(10 << 20);
    clock.advanceMs(4_999);
    progress.read(10 << 20);
    clock.advanceMs(1);
    progress.logDone();
    assertThat(lines)
        .containsExactly(
            "/data: recovered 1 of 3 logs, 20 of 100 MiB in 5 s, about 20 s to go",
            "/data: recovered 2 of 3 logs, 30 of 100 MiB in 10 s, about 23 s to go");
    assertThat(asked[0]).isEqualTo(1);
  }
}
