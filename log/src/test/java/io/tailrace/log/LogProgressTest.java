package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.tailrace.env.Disk.OpenMode;
import io.tailrace.env.DiskFile;
import io.tailrace.env.Environment;
import io.tailrace.log.DamagedLog.Fate;
import io.tailrace.record.RecordBatch;
import io.tailrace.testkit.SeededRandomness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A start that does not look at what was synced finds the same as one that looks at everything. */
class LogProgressTest {
  private static final Map<String, String> SPARSE = Map.of("index.interval.bytes", "200");
  private static final String INDEX = "00000000000000000000.index";

  /** 30 batches synced, with the index saved, and 5 that are not. */
  private static DamagedLog killed() throws Exception {
    LogHarness harness = LogHarness.opened(SPARSE);
    for (int i = 0; i < 30; i++) {
      harness.append(Batches.idempotent(7, 0, 3 * i, 3));
    }
    harness.log.flush();
    harness.manager.checkpoint();
    for (int i = 30; i < 35; i++) {
      harness.append(Batches.idempotent(7, 0, 3 * i, 3));
    }
    return DamagedLog.of(harness, SPARSE);
  }

  private static Path index() {
    return LogHarness.DIRECTORY.resolve(INDEX);
  }

  @Test
  void looksAtNothingThatWasSynced() throws Exception {
    DamagedLog log = killed();
    log.layOut();
    log.flip(3, RecordBatch.HEADER_SIZE + 5, 1);
    log.harness.open();
    assertThat(log.harness.log.logEndOffset()).isEqualTo(log.end());
    assertThat(log.quarantined()).isEmpty();
    log.harness.disk.delete(index());
    log.harness.killAndOpen();
    assertThat(log.quarantined()).as("without the index it looks at all").hasSize(1);
  }

  /** What was written when the log was closed need not be written again. */
  @Test
  void savesNothingAfterAStopInOrder() throws Exception {
    LogHarness harness = LogHarness.opened(SPARSE);
    for (int i = 0; i < 30; i++) {
      harness.append(Batches.idempotent(7, 0, 3 * i, 3));
    }
    harness.closeAndOpen();
    long before = harness.disk.calls();
    harness.log.saveProgress(1);
    assertThat(harness.disk.calls()).isEqualTo(before);
    harness.append(Batches.idempotent(7, 0, 90, 3));
    harness.log.flush();
    before = harness.disk.calls();
    harness.log.saveProgress(1);
    assertThat(harness.disk.calls()).isGreaterThan(before);
  }

  @Test
  void theDoctorFindsItInOrder() throws Exception {
    DamagedLog log = killed();
    log.layOut();
    Environment environment =
        new Environment(log.harness.clock, log.harness.disk, new SeededRandomness(1));
    LogInspection doctor = new LogInspection(environment, LogHarness.ROOT, Set.of(), 1);
    List<LogFinding> findings = doctor.inspect((_, _, _, _) -> {}).findings();
    assertThat(findings).noneMatch(it -> it.log() != null);
  }

  @Test
  void findsDamageBehindIt() throws Exception {
    DamagedLog log = killed();
    for (int batch = 29; batch < 35; batch++) {
      for (int at = 0; at < RecordBatch.HEADER_SIZE + 10; at++) {
        boolean epoch = at >= RecordBatch.PARTITION_LEADER_EPOCH && at < RecordBatch.MAGIC;
        log.layOut();
        log.flip(batch, at, 1);
        Fate fate = log.open().get(batch);
        assertThat(fate == Fate.SERVED).as("batch %d, byte %d", batch, at).isEqualTo(epoch);
        assertThat(fate == Fate.CUT && batch < 34).as("batch %d, byte %d", batch, at).isFalse();
      }
    }
  }

  /** Every byte of the offset index in three ways: batches are served wherever they are. */
  @Test
  void anIndexThatIsWrongCostsNothing() throws Exception {
    DamagedLog log = killed();
    byte[] whole = log.content(index());
    assertThat(whole.length).isGreaterThan(5 * OffsetIndex.ENTRY_SIZE);
    for (int at = 0; at < whole.length; at++) {
      for (byte changed : new byte[] {0, (byte) 0xff, (byte) (whole[at] ^ 1)}) {
        byte[] content = whole.clone();
        content[at] = changed;
        log.layOut();
        log.write(index(), content);
        assertThat(log.open()).as("byte %d is %d", at, changed).containsOnly(Fate.SERVED);
      }
    }
  }

  @Test
  void findsTheSameAsALookAtEverything() throws Exception {
    compare(40, new Random().nextLong());
  }

  @Test
  @Tag("campaign")
  void findsTheSameAsALookAtEverythingWithManySeeds() throws Exception {
    compare(20_000, new Random().nextLong());
  }

  private static void compare(int seeds, long firstSeed) {
    for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
      try {
        compare(new Random(seed));
      } catch (AssertionError | Exception e) {
        fail("seed " + seed, e);
      }
    }
  }

  /** Deaths now and then; each time, all that a log knows of itself is compared. */
  private static void compare(Random random) throws Exception {
    LogHarness harness = new LogHarness(Map.of("index.interval.bytes", "" + random.nextInt(400)));
    harness.progressBytes = 1 + random.nextInt(500);
    harness.open();
    int[] sequences = new int[3];
    long timestamp = 1_000_000;
    for (int step = 0; step < 120; step++) {
      switch (random.nextInt(12)) {
        case 0 -> harness.log.flush();
        case 1, 2 -> {
          harness.log.flush();
          harness.manager.checkpoint();
        }
        case 3 -> harness.manager.checkpoint();
        case 4 -> {
          List<Object> before = known(harness, timestamp);
          harness.killAndOpen();
          assertThat(known(harness, timestamp)).as("step " + step).isEqualTo(before);
        }
        case 5, 6, 7 -> {
          int producer = random.nextInt(sequences.length);
          int count = 1 + random.nextInt(4);
          harness.append(Batches.idempotent(producer, 0, sequences[producer], count));
          sequences[producer] += count;
        }
        default -> {
          timestamp += random.nextInt(1000) - 300;
          harness.append(Batches.at(timestamp, 1 + random.nextInt(5)));
        }
      }
    }
    harness.log.flush();
    harness.manager.checkpoint();
    harness.append(Batches.at(timestamp, 1));
    List<Object> before = known(harness, timestamp);
    harness.killAndOpen();
    assertThat(known(harness, timestamp)).isEqualTo(before);
    forgetIndex(harness);
    harness.killAndOpen();
    assertThat(known(harness, timestamp)).as("a look at everything").isEqualTo(before);
  }

  private static void forgetIndex(LogHarness harness) throws IOException {
    if (harness.disk.exists(index())) {
      try (DiskFile file = harness.disk.open(index(), OpenMode.WRITE)) {
        file.truncate(0);
        file.write(ByteBuffer.wrap(new byte[7]), 0);
      }
    }
  }

  private static List<Object> known(LogHarness harness, long timestamp) throws Exception {
    List<Object> known = new ArrayList<>();
    PartitionLog log = harness.log;
    known.add(log.logEndOffset());
    known.add(harness.producers());
    known.add(harness.epochs());
    known.add(ByteBuffer.wrap(harness.readAll(0)));
    known.add(String.valueOf(log.maxTimestamp()));
    for (long at = timestamp - 3000; at < timestamp + 1000; at += 331) {
      known.add(String.valueOf(log.offsetForTimestamp(at)));
    }
    return known;
  }
}
