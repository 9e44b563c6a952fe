package io.tailrace.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.utils.ByteUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reading what was built, and deep validation; {@code KafkaFormatTest} has the format. */
class RecordReaderTest {
  private static final int AT = 7;
  private static final int NO_LIMIT = Integer.MAX_VALUE;

  @ParameterizedTest
  @EnumSource
  void recordsOutliveTheCursor(CompressionCodec codec) {
    List<Record> records = new RandomBatches(1).records(0, 50);
    RecordBatchBuilder builder = new RecordBatchBuilder().codec(codec);
    records.forEach(builder::append);
    ByteBuffer batch = builder.build();
    ByteBuffer direct =
        ByteBuffer.allocateDirect(batch.limit() + 2 * AT).put(AT, batch, 0, batch.limit());

    List<Record> read = new ArrayList<>();
    try (RecordReader reader = RecordReader.open(direct, AT, NO_LIMIT)) {
      while (reader.next()) {
        read.add(reader.record());
      }
      assertThat(reader.next()).isFalse();
    }
    assertThat(read).isEqualTo(records);
    assertThat(direct.position()).isZero();
    assertThat(direct.limit()).isEqualTo(direct.capacity());
  }

  @ParameterizedTest
  @EnumSource
  void deepValidationAcceptsWhatProducersSend(CompressionCodec codec) {
    RandomBatches batches = new RandomBatches(2);
    for (int i = 0; i < 50; i++) {
      assertThat(deep(batches.clientBatch(codec, 30), false)).isEqualTo(BatchFault.NONE);
    }
  }

  @ParameterizedTest
  @EnumSource
  void deepValidationJudgesTheRecords(CompressionCodec codec) {
    byte[] key = {1};
    assertThat(deep(batch(codec).append(1, key, null), true)).isEqualTo(BatchFault.NONE);
    assertThat(deep(batch(codec).append(1, null, key), true)).isEqualTo(BatchFault.MISSING_KEY);
    Record second = new Record(2, 1, null, null, List.of());
    assertThat(deep(batch(codec).append(1, null, null).append(second), false))
        .isEqualTo(BatchFault.BAD_OFFSET_DELTA);
    ByteBuffer batch = batch(codec).append(5, key, key).build();
    batch.putLong(RecordBatch.MAX_TIMESTAMP, 6);
    assertThat(deep(batch, false)).isEqualTo(BatchFault.BAD_MAX_TIMESTAMP);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void theCapCountsEveryDecompressedByte(CompressionCodec codec) {
    RecordBatchBuilder builder = batch(codec);
    for (int i = 0; i < 100; i++) {
      builder.append(1, null, new byte[i]);
    }
    int decompressed = builder.sizeInBytes() - RecordBatch.HEADER_SIZE;
    ByteBuffer batch = builder.build();
    assertThat(BatchValidator.validateRecords(batch, 0, false, decompressed))
        .isEqualTo(BatchFault.NONE);
    assertThat(BatchValidator.validateRecords(batch, 0, false, decompressed - 1))
        .isEqualTo(BatchFault.TOO_LARGE);
  }

  @Test
  void theBuilderRefusesContradictions() {
    RecordBatchBuilder builder = new RecordBatchBuilder().baseOffset(10);
    assertThatThrownBy(builder::build).isInstanceOf(IllegalStateException.class);
    builder.append(1, null, null);
    Record again = new Record(10, 1, null, null, List.of());
    assertThatThrownBy(() -> builder.append(again)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> builder.lastOffset(9)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> builder.baseOffset(1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> builder.deleteHorizon(1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void varIntsAreKafkas() {
    Random random = new Random(3);
    for (int i = 0; i < 10_000; i++) {
      long value = random.nextLong() >> random.nextInt(64);
      ByteBuffer theirs = ByteBuffer.allocate(10);
      ByteUtils.writeVarlong(value, theirs);
      RecordBytes ours = new RecordBytes();
      ours.writeVarInt(value);
      assertThat(ours.view()).isEqualTo(theirs.flip());
      assertThat(VarInt.sizeOf(value)).isEqualTo(ours.size());
      assertThat(VarInt.readLong(ours.view())).isEqualTo(value);
      if (value == (int) value) {
        assertThat(VarInt.readInt(ours.view())).isEqualTo((int) value);
      }
    }
  }

  private static RecordBatchBuilder batch(CompressionCodec codec) {
    return new RecordBatchBuilder().codec(codec);
  }

  private static BatchFault deep(RecordBatchBuilder builder, boolean keysRequired) {
    return deep(builder.build(), keysRequired);
  }

  private static BatchFault deep(ByteBuffer batch, boolean keysRequired) {
    return BatchValidator.validateRecords(batch, 0, keysRequired, NO_LIMIT);
  }
}
