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
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * One random log, fixed by its seed, cleaned by us and by Apache Kafka's cleaner, round after round
 * while time goes on and more of it is committed. What is left must be the same, save that we keep
 * the last batch of each cleaned segment, if need be without records.
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
  private final int dedupeBytes;
  private final int[] nextSequence = new int[PRODUCERS];
  private final int[] epoch = new int[PRODUCERS];
  private final boolean[] inTransaction = new boolean[PRODUCERS];
  private long time = TIME;

  KafkaCleanerComparison(long seed, Path root) {
    this.random = new SplittableRandom(seed);
    this.root = root;
    this.keys = random.nextInt(1, 60);
    this.dedupeBytes = (random.nextInt(3) == 0 ? 30 : 5000) * OffsetMap.SLOT_BYTES;
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
          kafka.clean(watermark, time);
          compare(batches(log), kafka.batches(), "round " + round);
        }
      }
    }
  }

  private void clean(PartitionLog log, CleanerSettings settings) throws Exception {
    CleanerTools tools = CleanerTools.of(settings, new KeyHash(1, 2), bytes -> {});
    CleanableRange range = CleanableRange.of(log.state(), time);
    long cleaned = new LogCleaning(log, range, tools, time).run();
    log.state().cleaned = Math.max(log.state().cleaned, cleaned);
  }

  // ---- the log

  private void write(PartitionLog log) throws LogException {
    for (int i = 0; i < BATCHES; i++) {
      int producer = random.nextInt(2 * PRODUCERS);
      time += random.nextInt(100);
      ByteBuffer batch =
          producer < PRODUCERS && inTransaction[producer] && random.nextInt(3) == 0
              ? marker(producer)
              : batch(producer);
      AppendBatch[] one = {new AppendBatch().set(batch, 0, batch.limit())};
      log.append(one, 1, i / 30, time);
      assertThat(one[0].outcome()).isEqualTo(AppendOutcome.APPENDED);
    }
  }

  private ByteBuffer marker(int producer) {
    inTransaction[producer] = false;
    if (random.nextBoolean()) {
      epoch[producer]++;
      nextSequence[producer] = 0;
    }
    return CompactedHarness.marker(1000 + producer, epoch[producer], random.nextBoolean(), time);
  }

  private ByteBuffer batch(int producer) {
    RecordBatchBuilder builder =
        new RecordBatchBuilder().codec(CompressionCodec.forId(random.nextInt(5)));
    int count = random.nextInt(1, 8);
    if (producer < PRODUCERS) {
      builder.producer(1000 + producer, (short) epoch[producer], nextSequence[producer]);
      nextSequence[producer] += count;
      if (producer < PRODUCERS - 1) {
        builder.transactional();
        inTransaction[producer] = true;
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

  private static void compare(List<ByteBuffer> ours, List<ByteBuffer> kafkas, String where) {
    int next = 0;
    for (ByteBuffer batch : kafkas) {
      long base = RecordBatch.baseOffset(batch, 0);
      while (next < ours.size() && RecordBatch.baseOffset(ours.get(next), 0) < base) {
        assertEmpty(ours.get(next), where);
        next++;
      }
      assertThat(next).as(where + ": Kafka keeps " + text(batch)).isLessThan(ours.size());
      compare(ours.get(next), batch, where + " at offset " + base);
      next++;
    }
    for (; next < ours.size(); next++) {
      assertEmpty(ours.get(next), where);
    }
  }

  private static void assertEmpty(ByteBuffer batch, String where) {
    assertThat(RecordBatch.recordCount(batch, 0))
        .as(where + ": Kafka has not kept " + text(batch))
        .isZero();
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
  private static List<ByteBuffer> header(ByteBuffer batch) {
    return List.of(
        batch.slice(0, RecordBatch.BATCH_LENGTH),
        batch.slice(
            RecordBatch.PARTITION_LEADER_EPOCH,
            RecordBatch.CRC - RecordBatch.PARTITION_LEADER_EPOCH),
        batch.slice(RecordBatch.ATTRIBUTES, RecordBatch.RECORDS - RecordBatch.ATTRIBUTES));
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
