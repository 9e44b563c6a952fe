package io.tailrace.bench.jmh;

import io.tailrace.record.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.util.Random;

/** Record batches as producers send them. */
final class Batches {
  private static final int VALUE_SIZE = 100;
  private static final long TIMESTAMP_MS = 1_800_000_000_000L;

  private Batches() {}

  /** A batch of random values, in a direct buffer as the network has it. */
  static ByteBuffer direct(int records) {
    Random random = new Random(records);
    RecordBatchBuilder batch = new RecordBatchBuilder();
    for (int i = 0; i < records; i++) {
      byte[] value = new byte[VALUE_SIZE];
      random.nextBytes(value);
      batch.append(TIMESTAMP_MS, null, value);
    }
    ByteBuffer built = batch.build();
    return ByteBuffer.allocateDirect(built.remaining()).put(built).flip();
  }
}
