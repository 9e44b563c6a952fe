package io.tailrace.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class BatchValidatorTest {
  private static final int AT = 13;

  @Test
  void acceptsWhatProducersSend() {
    RandomBatches batches = new RandomBatches(5);
    for (int i = 0; i < 200; i++) {
      ByteBuffer buffer = placed(batches.clientBatch(20));
      assertThat(BatchValidator.validate(buffer, AT, buffer.limit() - AT))
          .isEqualTo(BatchFault.NONE);
      assertThat(buffer.position()).isZero();
    }
  }

  @Test
  void judgesEachField() {
    assertFault(BatchFault.BAD_BASE_OFFSET, b -> b.putLong(RecordBatch.BASE_OFFSET, 1));
    assertFault(BatchFault.BAD_COUNT, b -> b.putInt(RecordBatch.RECORD_COUNT, 0));
    assertFault(BatchFault.BAD_COUNT, b -> b.putInt(RecordBatch.RECORD_COUNT, -1));
    assertFault(BatchFault.BAD_COUNT, b -> b.putInt(RecordBatch.RECORD_COUNT, 4));
    assertFault(BatchFault.BAD_COUNT, b -> b.putInt(RecordBatch.LAST_OFFSET_DELTA, 1));
    assertFault(
        BatchFault.BAD_COUNT,
        b ->
            b.putInt(RecordBatch.LAST_OFFSET_DELTA, Integer.MAX_VALUE)
                .putInt(RecordBatch.RECORD_COUNT, Integer.MIN_VALUE));
    assertFault(BatchFault.CONTROL_BATCH, b -> b.putShort(RecordBatch.ATTRIBUTES, (short) 0x20));
    assertFault(BatchFault.LOG_APPEND_TIME, b -> b.putShort(RecordBatch.ATTRIBUTES, (short) 0x08));
    assertFault(BatchFault.DELETE_HORIZON, b -> b.putShort(RecordBatch.ATTRIBUTES, (short) 0x40));
    for (short codec = 5; codec <= 7; codec++) {
      short attributes = codec;
      assertFault(BatchFault.BAD_CODEC, b -> b.putShort(RecordBatch.ATTRIBUTES, attributes));
    }
  }

  @Test
  void judgesTheProducerFields() {
    assertFault(BatchFault.BAD_PRODUCER, b -> b.putShort(RecordBatch.ATTRIBUTES, (short) 0x10));
    assertFault(BatchFault.BAD_PRODUCER, b -> b.putLong(RecordBatch.PRODUCER_ID, 5));
    assertFault(
        BatchFault.BAD_PRODUCER,
        b -> b.putLong(RecordBatch.PRODUCER_ID, 5).putInt(RecordBatch.BASE_SEQUENCE, 0));
    assertFault(
        BatchFault.BAD_PRODUCER,
        b -> b.putLong(RecordBatch.PRODUCER_ID, 5).putShort(RecordBatch.PRODUCER_EPOCH, (short) 0));
    assertFault( // as kafkajs and Sarama send it without idempotence
        BatchFault.NONE,
        b ->
            b.putInt(RecordBatch.BASE_SEQUENCE, 0).putShort(RecordBatch.PRODUCER_EPOCH, (short) 0));
  }

  @Test
  void judgesLengthAndFormatBeforeAnythingElse() {
    assertBytes(BatchFault.OLD_MAGIC, b -> b.put(RecordBatch.MAGIC, (byte) 0));
    assertBytes(BatchFault.OLD_MAGIC, b -> b.put(RecordBatch.MAGIC, (byte) 1));
    assertBytes(BatchFault.BAD_MAGIC, b -> b.put(RecordBatch.MAGIC, (byte) 3));
    assertBytes(BatchFault.BAD_MAGIC, b -> b.put(RecordBatch.MAGIC, (byte) -1));
    assertBytes(BatchFault.BAD_LENGTH, b -> b.putInt(RecordBatch.BATCH_LENGTH, 0));
    assertBytes(BatchFault.BAD_LENGTH, b -> b.putInt(RecordBatch.BATCH_LENGTH, 48));
    assertBytes(BatchFault.BAD_LENGTH, b -> b.putInt(RecordBatch.BATCH_LENGTH, -1));
    assertBytes(BatchFault.BAD_LENGTH, b -> b.putInt(RecordBatch.BATCH_LENGTH, Integer.MIN_VALUE));
    assertBytes(BatchFault.TRUNCATED, b -> b.putInt(RecordBatch.BATCH_LENGTH, Integer.MAX_VALUE));
    assertBytes(BatchFault.TRUNCATED, b -> b.putInt(RecordBatch.BATCH_LENGTH, b.limit() - 11));
    assertBytes(BatchFault.BAD_CRC, b -> b.putInt(RecordBatch.BATCH_LENGTH, b.limit() - 13));
    assertBytes(BatchFault.BAD_CRC, b -> b.putInt(RecordBatch.CRC, 0));
  }

  @Test
  void aStoredBatchMayBeAnythingThatTheLogWrites() {
    ByteBuffer empty = new RecordBatchBuilder().baseOffset(9).lastOffset(20).build();
    assertThat(BatchValidator.validateStored(empty, 0, empty.limit())).isEqualTo(BatchFault.NONE);

    empty.putInt(RecordBatch.LAST_OFFSET_DELTA, -1);
    RecordBatch.updateCrc(empty, 0, empty.limit());
    assertThat(BatchValidator.validateStored(empty, 0, empty.limit()))
        .isEqualTo(BatchFault.BAD_COUNT);
    ByteBuffer zeros = ByteBuffer.allocate(100);
    assertThat(BatchValidator.validateStored(zeros, 0, 100)).isEqualTo(BatchFault.BAD_LENGTH);
  }

  private interface Change {
    void apply(ByteBuffer batch);
  }

  private static void assertFault(BatchFault fault, Change change) {
    assertBytes(
        fault,
        batch -> {
          change.apply(batch);
          RecordBatch.updateCrc(batch, 0, batch.limit());
        });
  }

  private static void assertBytes(BatchFault fault, Change change) {
    ByteBuffer batch = threeRecords();
    change.apply(batch);
    ByteBuffer buffer = placed(batch);
    assertThat(BatchValidator.validate(buffer, AT, buffer.limit() - AT)).isEqualTo(fault);
  }

  private static ByteBuffer threeRecords() {
    RecordBatchBuilder builder = new RecordBatchBuilder();
    for (int i = 0; i < 3; i++) {
      builder.append(1000 + i, null, new byte[10]);
    }
    return builder.build();
  }

  /** The batch in a direct buffer, as on the produce path, and not at its start. */
  private static ByteBuffer placed(ByteBuffer batch) {
    return ByteBuffer.allocateDirect(AT + batch.limit()).put(AT, batch, 0, batch.limit());
  }
}
