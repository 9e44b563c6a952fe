package io.tailrace.bench.load;

import io.tailrace.record.RecordBatch;
import io.tailrace.record.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.util.Random;

/**
 * The batches that are sent: records of {@value #RECORD_SIZE} random bytes, which nothing between
 * here and the disk can make smaller, without keys and headers. A batch can carry a stamp: a time
 * in the first bytes of its first value.
 */
public final class Batches {
  /** Bytes of a record's value. */
  public static final int RECORD_SIZE = 100;

  /**
   * Where in a batch the stamp is: behind the first record's size (2 bytes), attributes, timestamp
   * delta, offset delta, absent key, and size of the value (2 bytes).
   */
  static final int STAMP = RecordBatch.RECORDS + 8;

  private static final long SEED = 0x7a11;

  private Batches() {}

  public static ByteBuffer batch(int records, long timestampMs) {
    Random random = new Random(SEED);
    RecordBatchBuilder batch = new RecordBatchBuilder();
    for (int i = 0; i < records; i++) {
      byte[] value = new byte[RECORD_SIZE];
      random.nextBytes(value);
      batch.append(timestampMs, null, value);
    }
    return batch.build();
  }

  /** Size in bytes of a batch of so many records. */
  public static int sizeOf(int records) {
    return batch(records, 0).limit();
  }

  static void stamp(ByteBuffer buffer, int at, long timeNs) {
    buffer.putLong(at + STAMP, timeNs);
    int size = RecordBatch.sizeInBytes(buffer, at);
    buffer.putInt(at + RecordBatch.CRC, (int) RecordBatch.computedCrc(buffer, at, size));
  }

  static long stampOf(ByteBuffer buffer, int at) {
    return buffer.getLong(at + STAMP);
  }
}
