package io.tailrace.log;

import io.tailrace.record.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Makes record batches for tests. */
final class Batches {
  static final long TIME = 1_700_000_000_000L;

  private Batches() {}

  /** A batch of records with these values, 1 ms apart from {@link #TIME} on. */
  static ByteBuffer of(String... values) {
    RecordBatchBuilder builder = new RecordBatchBuilder();
    for (int i = 0; i < values.length; i++) {
      builder.append(TIME + i, null, values[i].getBytes(StandardCharsets.UTF_8));
    }
    return builder.build();
  }

  /** A batch of {@code count} records with one timestamp. */
  static ByteBuffer at(long timestamp, int count) {
    RecordBatchBuilder builder = new RecordBatchBuilder();
    for (int i = 0; i < count; i++) {
      builder.append(timestamp, null, new byte[] {(byte) i});
    }
    return builder.build();
  }

  /** A batch of one record with {@code bytes} bytes of value. */
  static ByteBuffer ofSize(int bytes) {
    return new RecordBatchBuilder().append(TIME, null, new byte[bytes]).build();
  }

  /** A batch of {@code count} records of an idempotent producer. */
  static ByteBuffer idempotent(long producerId, int epoch, int baseSequence, int count) {
    RecordBatchBuilder builder =
        new RecordBatchBuilder().producer(producerId, (short) epoch, baseSequence);
    for (int i = 0; i < count; i++) {
      builder.append(TIME, null, new byte[] {(byte) producerId, (byte) i});
    }
    return builder.build();
  }
}
