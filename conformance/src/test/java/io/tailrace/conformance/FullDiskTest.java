package io.tailrace.conformance;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A disk that runs full: nothing acknowledged is lost or doubled, consumers go on, topics can be
 * deleted, and producers go on when there is room, all without a restart.
 */
class FullDiskTest {
  private static final int MEGABYTES = 64;
  private static final String[] OPTIONS = {
    "-o", "log.segment.bytes=4194304", "-o", "log.segment.delete.delay.ms=0"
  };

  @Test
  void fiveTimes() throws Exception {
    run(5);
  }

  /** See docs/testing.md for the command. */
  @Test
  @Tag("campaign")
  void hundredTimes() throws Exception {
    run(100);
  }

  /**
   * What Apache Kafka does in the same place, for comparison: nothing is demanded of it. Its
   * metadata is on another disk, which it needs, to live on.
   */
  @Test
  @Tag("campaign")
  void apacheKafka() throws Exception {
    Path work = Files.createTempDirectory("tailrace-kafka");
    int port = BrokerProcess.freePort();
    try (SmallDisk disk = SmallDisk.mount(FullDiskTest.class, MEGABYTES);
        KafkaProcess kafka =
            new KafkaProcess(
                port,
                work,
                disk.folder().resolve("data"),
                "log.segment.bytes=4194304",
                "log.segment.delete.delay.ms=1",
                "metadata.log.dir=" + work.resolve("metadata"));
        FullDiskRun run = new FullDiskRun(port, MEGABYTES)) {
      String outcome;
      try {
        outcome = "went on after " + run.round(kafka::isAlive) + " ms";
      } catch (AssertionError | Exception e) {
        outcome = "did not go on: " + String.valueOf(e.getMessage()).strip();
      }
      System.out.printf(
          "full disk: Apache Kafka %s; its process %s%n",
          outcome, kafka.isAlive() ? "lives" : "has ended");
    } finally {
      Folders.delete(work);
    }
  }

  private static void run(int rounds) throws Exception {
    int port = BrokerProcess.freePort();
    try (SmallDisk disk = SmallDisk.mount(FullDiskTest.class, MEGABYTES);
        BrokerProcess broker = new BrokerProcess(port, disk.folder().resolve("data"), OPTIONS);
        FullDiskRun run = new FullDiskRun(port, MEGABYTES)) {
      long[] resumedMs = new long[rounds];
      for (int i = 0; i < rounds; i++) {
        resumedMs[i] = run.round(broker::isAlive);
      }
      Arrays.sort(resumedMs);
      System.out.printf(
          "full disk: %d times, producers went on after %d ms (median), %d ms (most)%n",
          rounds, resumedMs[rounds / 2], resumedMs[rounds - 1]);
    }
  }
}
