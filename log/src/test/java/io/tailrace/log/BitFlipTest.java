package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.log.DamagedLog.Fate;
import io.tailrace.log.DamagedLog.Written;
import io.tailrace.record.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Single bits of a segment of 64 KiB turn over between two starts. No record is then served with
 * another content or offset, all other batches are served, and the damage is on record.
 */
class BitFlipTest {
  private static final int SEGMENT_BYTES = 64 << 10;
  private static final int RANDOM_BITS = 500;

  /**
   * @param synced whether the recovery point is the log's end, or not known
   */
  private static DamagedLog log(boolean synced) throws Exception {
    LogHarness harness = new LogHarness(Map.of());
    // Else a start would rightly not look at what was synced.
    harness.progressBytes = Integer.MAX_VALUE;
    harness.open();
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; harness.log.sizeInBytes() < SEGMENT_BYTES - 1200; i++) {
      if (i % 3 == 0) {
        harness.append(Batches.idempotent(7, 0, i, 3));
      } else {
        harness.append(Batches.ofSize(random.nextInt(1000)));
      }
    }
    harness.append(Batches.ofSize(SEGMENT_BYTES - (int) harness.log.sizeInBytes() - 75));
    assertThat(harness.log.sizeInBytes()).isBetween(SEGMENT_BYTES - 20L, SEGMENT_BYTES + 20L);
    if (synced) {
      harness.log.flush();
      harness.log.setHighWatermark(harness.log.logEndOffset());
      harness.manager.checkpoint();
    }
    return DamagedLog.of(harness, Map.of());
  }

  private static void check(DamagedLog log, int batch, int bit, boolean synced) {
    try {
      log.layOut();
      log.flip(batch, bit / 8, 1 << bit % 8);
      List<Fate> fates = log.open();
      for (int i = 0; i < fates.size(); i++) {
        if (i != batch) {
          assertThat(fates.get(i)).as("batch " + i).isEqualTo(Fate.SERVED);
        }
      }
      boolean last = batch == fates.size() - 1;
      boolean epoch = bit / 8 >= RecordBatch.PARTITION_LEADER_EPOCH && bit / 8 < RecordBatch.MAGIC;
      Fate fate = fates.get(batch);
      if (fate == Fate.CUT) {
        assertThat(last && !synced).as("cut").isTrue();
      } else if (fate == Fate.QUARANTINED) {
        Written lost = log.written.get(batch);
        assertThat(log.quarantined())
            .containsExactly(
                "00000000000000000000.log.offset-%d-%d.position-%d.quarantined"
                    .formatted(lost.base(), lost.next(), lost.position()));
      } else {
        assertThat(epoch).as("served, and only its epoch was damaged").isTrue();
      }
      assertThat(log.harness.log.logEndOffset())
          .isEqualTo(fate == Fate.CUT ? log.written.get(batch).base() : log.end());
    } catch (Exception | AssertionError e) {
      throw new AssertionError("batch %d, bit %d, synced %s".formatted(batch, bit, synced), e);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void headersAndSomeOfTheRest(boolean synced) throws Exception {
    DamagedLog log = log(synced);
    int last = log.written.size() - 1;
    for (int batch : new int[] {0, last / 2, last - 1, last}) {
      for (int bit = 0; bit < 8 * RecordBatch.LAST_OFFSET_DELTA; bit++) {
        check(log, batch, bit, synced);
      }
    }
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < RANDOM_BITS; i++) {
      int batch = random.nextInt(last + 1);
      check(log, batch, random.nextInt(8 * log.written.get(batch).bytes().length), synced);
    }
  }

  /** All 524,288, each with and without a recovery point; about half an hour. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @Tag("campaign")
  void everyBit(boolean synced) throws Exception {
    DamagedLog log = log(synced);
    for (int batch = 0; batch < log.written.size(); batch++) {
      int current = batch;
      IntStream.range(0, 8 * log.written.get(batch).bytes().length)
          .forEach(bit -> check(log, current, bit, synced));
    }
  }

  /** Two bits of two batches: never anything but what was written. */
  @Test
  void twoAtOnce() throws Exception {
    DamagedLog log = log(true);
    SplittableRandom random = new SplittableRandom(9);
    for (int i = 0; i < 200; i++) {
      List<Integer> flipped = new ArrayList<>();
      log.layOut();
      for (int n = 0; n < 2; n++) {
        int batch = random.nextInt(log.written.size());
        int bit = random.nextInt(8 * Math.min(100, log.written.get(batch).bytes().length));
        log.flip(batch, bit / 8, 1 << bit % 8);
        flipped.add(batch);
      }
      assertThat(log.open()).as(flipped.toString()).doesNotContain(Fate.CUT);
    }
  }
}
