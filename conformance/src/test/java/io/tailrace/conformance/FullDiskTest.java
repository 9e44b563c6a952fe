package io.tailrace.conformance;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A disk that runs full: nothing acknowledged is lost or doubled, consumers go on, topics can be
 * deleted, and producers go on as soon as there is room, all without a restart.
 *
 * <p>With {@code -Dtailrace.fulldisk.broker=kafka} the campaign runs against Apache Kafka instead,
 * of which nothing is demanded: a new one each time, whose metadata is on another disk.
 */
class FullDiskTest {
  private static final int MEGABYTES = 64;
  private static final String SEGMENTS = "log.segment.bytes=4194304";
  private static final int ROUNDS = 100;

  private final List<Long> resumedMs = new ArrayList<>();
  private int port;

  @Test
  void fiveTimes() throws Exception {
    tailrace(5);
  }

  /** See docs/testing.md for the command; {@code tailrace.fulldisk.rounds}. */
  @Test
  @Tag("campaign")
  void hundredTimes() throws Exception {
    int rounds = Integer.getInteger("tailrace.fulldisk.rounds", ROUNDS);
    if (System.getProperty("tailrace.fulldisk.broker", "tailrace").equals("kafka")) {
      kafka(rounds);
    } else {
      tailrace(rounds);
    }
  }

  private void tailrace(int rounds) throws Exception {
    port = BrokerProcess.freePort();
    try (SmallDisk disk = SmallDisk.mount(FullDiskTest.class, MEGABYTES);
        BrokerProcess broker =
            new BrokerProcess(port, disk.folder().resolve("data"), "-o", SEGMENTS)) {
      fill(broker, rounds);
    }
    report("tailrace", rounds, 0);
  }

  private void fill(BrokerProcess broker, int rounds) throws Exception {
    try (FullDiskRun run = new FullDiskRun(port, MEGABYTES)) {
      for (int i = 0; i < rounds; i++) {
        resumedMs.add(run.round(broker::isAlive));
      }
    }
  }

  private void kafka(int rounds) throws Exception {
    int ended = 0;
    for (int i = 0; i < rounds; i++) {
      Path work = Files.createTempDirectory("tailrace-kafka");
      port = BrokerProcess.freePort();
      try (SmallDisk disk = SmallDisk.mount(FullDiskTest.class, MEGABYTES);
          BrokerProcess kafka = startKafka(work, disk)) {
        try {
          fill(kafka, 1);
        } catch (AssertionError | Exception e) {
          System.out.println(
              "Apache Kafka did not go on: " + String.valueOf(e.getMessage()).strip());
        }
        ended += kafka.isAlive() ? 0 : 1;
        kafka.kill();
      } finally {
        Folders.delete(work);
      }
    }
    report("kafka", rounds, ended);
  }

  private BrokerProcess startKafka(Path work, SmallDisk disk) throws Exception {
    return KafkaControl.start(
        port,
        work,
        SEGMENTS,
        "log.dirs=" + disk.folder().resolve("data"),
        "metadata.log.dir=" + work.resolve("metadata"));
  }

  private void report(String broker, int rounds, int ended) {
    System.out.printf("R6 %s: %d full disks, %d processes ended, ", broker, rounds, ended);
    if (resumedMs.isEmpty()) {
      System.out.println("producers never went on");
      return;
    }
    Collections.sort(resumedMs);
    int count = resumedMs.size();
    System.out.printf(
        "producers went on %d times, after %d ms (median), %d ms (most)%n",
        count, resumedMs.get(count / 2), resumedMs.getLast());
  }
}
