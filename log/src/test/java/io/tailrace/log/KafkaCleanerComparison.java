package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.env.Clock;
import io.tailrace.env.Disk;
import io.tailrace.env.Environment;
import io.tailrace.record.CompressionCodec;
import io.tailrace.record.Record;
import io.tailrace.record.RecordBatch;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.record.RecordHeader;
import io.tailrace.record.RecordReader;
import io.tailrace.testkit.SeededRandomness;
import io.tailrace.testkit.SimClock;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One random log, fixed by its seed, cleaned by us and by Apache Kafka's cleaner, round after round
 * while time goes on and more of it is committed. What is left must be the same, save that we keep
 * the last batch of each cleaned segment, if need be without records, and the marker of its
 * transaction.
 */
final class KafkaCleanerComparison {
  private static final String NAME = "topic-0";
  private static final int BATCHES = 120;
  private static final int PRODUCERS = 4;
  private static final int ROUNDS = 4;
  private static final long TIME = Batches.TIME;

  private final SplittableRandom random;
  private final Path root;
  private final Map<String, String> config;
  private final int keys;
  private final boolean smallMap;
  private final int dedupeBytes;
  private final long[] producerId = {1000, 1001, 1002, 1003};
  private final int[] nextSequence = new int[PRODUCERS];
  private final int[] epoch = new int[PRODUCERS];
  private final Transaction[] ongoing = new Transaction[PRODUCERS];
  private final List<Transaction> transactions = new ArrayList<>();
  private final Set<Long> lateMarkers = new HashSet<>();
  private long time = TIME;

  private static final class Transaction {
    final long first;
    long marker = Long.MAX_VALUE;

    Transaction(long first) {
      this.first = first;
    }
  }

  KafkaCleanerComparison(long seed, Path root) {
    this.random = new SplittableRandom(seed);
    this.root = root;
    this.keys = random.nextInt(1, 60);
    this.smallMap = random.nextInt(3) == 0;
    this.dedupeBytes = (smallMap ? 30 : 5000) * OffsetMap.SLOT_BYTES;
    this.config =
        Map.of(
            "cleanup.policy", "compact",
            "segment.bytes", Integer.toString(random.nextInt(1500, 20_000)),
            "index.interval.bytes", Integer.toString(random.nextInt(5000)),
            "delete.retention.ms", Integer.toString(random.nextInt(3000)));
  }

  void run() throws Exception {
    Clock clock = new SimClock(TIME);
    Environment environment = new Environment(clock, Disk.system(), new SeededRandomness(1));
    Path ours = root.resolve("ours");
    Path kafkas = root.resolve("kafka").resolve(NAME);
    try (LogManager manager = LogManager.open(environment, ours, LogManagerSettings.DEFAULT)) {
      PartitionLog log = manager.create(NAME, "AAAAAAAAAAAAAAAAAAAAAQ", LogConfig.of(config));
      write(log);
      log.flush();
      KafkaCleaner.copy(ours.resolve(NAME), kafkas);
      CleanerSettings settings =
          new CleanerSettings(true, 1, dedupeBytes, 0.9, 0, Double.MAX_VALUE, 0);
      try (KafkaCleaner kafka = KafkaCleaner.open(kafkas, config, dedupeBytes, 16 << 10)) {
        for (int round = 1; round <= ROUNDS; round++) {
          long watermark =
              round == ROUNDS
                  ? log.logEndOffset()
                  : random.nextLong(log.highWatermark(), log.logEndOffset() + 1);
          time += random.nextInt(3000);
          log.setHighWatermark(watermark);
          clean(log, settings);
          kafka.clean(watermark, lastStable(watermark), time);
          if (log.cleanedOffset() > kafka.cleaned()) {
            // The map was full before an undecided transaction further on in the segment was met.
            // Kafka knows of it before, and leaves the whole segment as it is.
            assertThat(smallMap).isTrue();
            assertThat(log.cleanedOffset()).isLessThanOrEqualTo(lastStable(watermark));
            return;
          }
          compare(batches(log), kafka.batches(), "round " + round);
        }
      }
    }
  }

  private void clean(PartitionLog log, CleanerSettings settings) throws Exception {
    CleanableRange range = CleanableRange.of(log.state(), time);
    long cleaned;
    try (CleanerTools tools = CleanerTools.of(settings, new KeyHash(1, 2), bytes -> {})) {
      cleaned = new LogCleaning(log, range, tools, time).run();
    }
    log.state().cleaned = Math.max(log.state().cleaned, cleaned);
  }

  /**
   * Kafka, which has just opened the log, does not know any more which transactions were decided
   * behind a high watermark that comes after.
   */
  private long lastStable(long watermark) {
    long stable = watermark;
    for (Transaction transaction : transactions) {
      if (transaction.marker >= watermark) {
        stable = Math.min(stable, transaction.first);
      }
    }
    return stable;
  }

  // ---- the log

  private void write(PartitionLog log) throws LogException {
    for (int i = 0; i < BATCHES; i++) {
      int producer = random.nextInt(2 * PRODUCERS);
      time += random.nextInt(100);
      ByteBuffer batch =
          producer < PRODUCERS && ongoing[producer] != null && random.nextInt(3) == 0
              ? marker(producer, log.logEndOffset())
              : batch(producer, log.logEndOffset());
      AppendBatch[] one = {new AppendBatch().set(batch, 0, batch.limit())};
      log.append(one, 1, i / 30, time);
      assertThat(one[0].outcome()).isEqualTo(AppendOutcome.APPENDED);
    }
  }

  private ByteBuffer marker(int producer, long offset) {
    ongoing[producer].marker = offset;
    ongoing[producer] = null;
    if (random.nextBoolean()) {
      epoch[producer]++;
      nextSequence[producer] = 0;
    }
    boolean commit = random.nextBoolean();
    ByteBuffer marker =
        CompactedHarness.marker(producerId[producer], epoch[producer], commit, time);
    if (!commit && smallMap) {
      replace(producer);
    }
    return marker;
  }

  /**
   * By one that has aborted nothing. Where a cleaning begins amid a segment, because the last one's
   * map was full, Kafka 4.3.1 takes all that follows in it for aborted if its producer has aborted
   * something before that point, and leaves what it makes old.
   */
  private void replace(int producer) {
    producerId[producer] += PRODUCERS;
    epoch[producer] = 0;
    nextSequence[producer] = 0;
  }

  private ByteBuffer batch(int producer, long offset) {
    RecordBatchBuilder builder =
        new RecordBatchBuilder().codec(CompressionCodec.forId(random.nextInt(5)));
    int count = random.nextInt(1, 8);
    if (producer < PRODUCERS) {
      builder.producer(producerId[producer], (short) epoch[producer], nextSequence[producer]);
      nextSequence[producer] += count;
      if (producer < PRODUCERS - 1) {
        builder.transactional();
        if (ongoing[producer] == null) {
          ongoing[producer] = new Transaction(offset);
          transactions.add(ongoing[producer]);
        }
      }
    }
    if (random.nextInt(6) == 0) {
      builder.logAppendTime(time);
    }
    for (int i = 0; i < count; i++) {
      builder.append(
          time + random.nextInt(-50, 50),
          text(random.nextInt(40) == 0 ? null : "key" + random.nextInt(keys)),
          text(random.nextInt(4) == 0 ? null : "v".repeat(random.nextInt(120))),
          random.nextInt(4) == 0
              ? List.of(RecordHeader.of("h", new byte[random.nextInt(10)]))
              : List.of());
    }
    return builder.build();
  }

  private static ByteBuffer text(String text) {
    return text == null ? null : ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  // ---- what is left

  private static List<ByteBuffer> batches(PartitionLog log) throws Exception {
    List<ByteBuffer> batches = new ArrayList<>();
    for (LogSegment segment : log.state().segments.all()) {
      ByteBuffer all = ByteBuffer.allocate(segment.size());
      if (segment.size() > 0) {
        segment.acquire().readFully(all, 0);
        segment.release();
      }
      for (int at = 0; at < all.limit(); ) {
        int size = RecordBatch.sizeInBytes(all, at);
        batches.add(all.slice(at, size));
        at += size;
      }
    }
    return batches;
  }

  private void compare(List<ByteBuffer> ours, List<ByteBuffer> kafkas, String where) {
    Set<Long> withEmptyBatch = new HashSet<>();
    int next = 0;
    for (ByteBuffer batch : kafkas) {
      long base = RecordBatch.baseOffset(batch, 0);
      while (next < ours.size() && RecordBatch.baseOffset(ours.get(next), 0) < base) {
        mayBeMissing(ours.get(next++), withEmptyBatch, where);
      }
      assertThat(next).as(where + ": Kafka keeps " + text(batch)).isLessThan(ours.size());
      assertThat(RecordBatch.baseOffset(ours.get(next), 0)).as(where).isEqualTo(base);
      if (!isLateMarker(ours.get(next), withEmptyBatch)) {
        compare(ours.get(next), batch, where + " at offset " + base);
      }
      next++;
    }
    while (next < ours.size()) {
      mayBeMissing(ours.get(next++), withEmptyBatch, where);
    }
  }

  /** Of batches that we keep, and Kafka does not. */
  private void mayBeMissing(ByteBuffer batch, Set<Long> withEmptyBatch, String where) {
    if (isLateMarker(batch, withEmptyBatch)) {
      return;
    }
    assertThat(RecordBatch.recordCount(batch, 0))
        .as(where + ": Kafka has not kept " + text(batch))
        .isZero();
    if (RecordBatch.isTransactional(batch, 0) && !RecordBatch.isControl(batch, 0)) {
      withEmptyBatch.add(RecordBatch.producerId(batch, 0));
    }
  }

  /**
   * Whether this is a marker that stays for longer than Kafka's, because a batch of its transaction
   * stays, or once stayed, that has no records and is the last of its segment.
   */
  private boolean isLateMarker(ByteBuffer batch, Set<Long> withEmptyBatch) {
    if (!RecordBatch.isControl(batch, 0)) {
      return false;
    }
    long offset = RecordBatch.baseOffset(batch, 0);
    if (withEmptyBatch.remove(RecordBatch.producerId(batch, 0))) {
      lateMarkers.add(offset);
    }
    return lateMarkers.contains(offset);
  }

  private static String text(ByteBuffer batch) {
    return "offsets %d to %d, attributes %x, producer %d, %d records"
        .formatted(
            RecordBatch.baseOffset(batch, 0),
            RecordBatch.lastOffset(batch, 0),
            RecordBatch.attributes(batch, 0),
            RecordBatch.producerId(batch, 0),
            RecordBatch.recordCount(batch, 0));
  }

  private static void compare(ByteBuffer ours, ByteBuffer kafkas, String where) {
    assertThat(RecordBatch.computedCrc(ours, 0, ours.limit()))
        .as(where)
        .isEqualTo(RecordBatch.storedCrc(ours, 0));
    if (RecordBatch.codecId(kafkas, 0) == 0) {
      assertThat(ours).as(where).isEqualTo(kafkas);
      return;
    }
    assertThat(header(ours)).as(where).isEqualTo(header(kafkas));
    assertThat(records(ours)).as(where).isEqualTo(records(kafkas));
  }

  /** All fields but length and CRC, which depend on how well the codec has done. */
  private static String header(ByteBuffer batch) {
    return "%s, epoch %d, timestamps %d to %d, producer epoch %d, sequence %d"
        .formatted(
            text(batch),
            RecordBatch.partitionLeaderEpoch(batch, 0),
            RecordBatch.baseTimestamp(batch, 0),
            RecordBatch.maxTimestamp(batch, 0),
            RecordBatch.producerEpoch(batch, 0),
            RecordBatch.baseSequence(batch, 0));
  }

  private static List<Record> records(ByteBuffer batch) {
    List<Record> found = new ArrayList<>();
    try (RecordReader records = RecordReader.open(batch, 0, 1 << 30)) {
      while (records.next()) {
        found.add(records.record());
      }
    }
    return found;
  }
}
