package io.tailrace.record;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Random records and batches, the same for the same seed. */
public final class RandomBatches {
  private static final long BASE_TIME_MS = 1_700_000_000_000L;
  private static final int MAX_FIELD = 200;

  private final Random random;

  public RandomBatches(long seed) {
    random = new Random(seed);
  }

  /** Records at offsets from {@code baseOffset} on, with no gaps. */
  public List<Record> records(long baseOffset, int count) {
    List<Record> records = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      records.add(
          new Record(baseOffset + i, timestamp(), nullable(), nullable(), headers(baseOffset + i)));
    }
    return records;
  }

  public CompressionCodec codec() {
    CompressionCodec[] codecs = CompressionCodec.values();
    return codecs[random.nextInt(codecs.length)];
  }

  /** A batch as a producer sends it: base offset 0, CreateTime, 1 to {@code maxRecords} records. */
  public ByteBuffer clientBatch(int maxRecords) {
    return clientBatch(codec(), maxRecords);
  }

  public ByteBuffer clientBatch(CompressionCodec codec, int maxRecords) {
    RecordBatchBuilder builder = new RecordBatchBuilder().codec(codec);
    if (random.nextBoolean()) {
      builder.producer(
          random.nextLong(1000), (short) random.nextInt(100), random.nextInt(Integer.MAX_VALUE));
      if (random.nextBoolean()) {
        builder.transactional();
      }
    }
    records(0, 1 + random.nextInt(maxRecords)).forEach(builder::append);
    return builder.build();
  }

  private long timestamp() {
    return random.nextInt(20) == 0
        ? RecordBatch.NO_TIMESTAMP
        : BASE_TIME_MS + random.nextInt(-100_000, 100_000);
  }

  private List<RecordHeader> headers(long number) {
    List<RecordHeader> headers = new ArrayList<>();
    for (int i = random.nextInt(8) - 4; i > 0; i--) {
      headers.add(new RecordHeader(RecordHeader.of("k\u00e9y-" + number, null).key(), nullable()));
    }
    return headers;
  }

  private @Nullable ByteBuffer nullable() {
    return random.nextInt(6) == 0 ? null : bytes();
  }

  /** Half of it compressible. */
  private ByteBuffer bytes() {
    byte[] bytes = new byte[random.nextInt(MAX_FIELD)];
    if (random.nextBoolean()) {
      random.nextBytes(bytes);
    }
    return ByteBuffer.wrap(bytes);
  }
}
