package io.tailrace.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TimestampOffsetTest {
  private static final long BASE_OFFSET = 1000;
  private static final int NO_LIMIT = Integer.MAX_VALUE;

  @ParameterizedTest
  @EnumSource
  void findsTheFirstRecordAtOrAfter(CompressionCodec codec) {
    for (long seed = 0; seed < 20; seed++) {
      List<Record> records = new RandomBatches(seed).records(BASE_OFFSET, 1 + (int) seed);
      ByteBuffer batch = batch(codec, records);
      for (Record wanted : records) {
        for (long timestamp : new long[] {wanted.timestamp(), wanted.timestamp() + 1}) {
          for (long minOffset : new long[] {0, wanted.offset(), wanted.offset() + 1}) {
            assertThat(TimestampOffset.firstAtOrAfter(batch, 0, timestamp, minOffset, NO_LIMIT))
                .as("seed %d, timestamp %d, offset %d", seed, timestamp, minOffset)
                .isEqualTo(expected(records, timestamp, minOffset));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void findsTheRecordOfTheMaxTimestampAsKafkaDoes(CompressionCodec codec) {
    for (long seed = 0; seed < 20; seed++) {
      ByteBuffer batch = batch(codec, new RandomBatches(seed).records(BASE_OFFSET, 1 + (int) seed));
      assertMaxAsKafka(batch);
      RecordBatch.setLogAppendTime(batch, 0, batch.limit(), 77);
      assertMaxAsKafka(batch);
    }
  }

  @Test
  void ofEqualTimestampsTheFirstCounts() {
    ByteBuffer batch =
        new RecordBatchBuilder()
            .append(5, null, null)
            .append(9, null, null)
            .append(9, null, null)
            .build();
    assertThat(TimestampOffset.ofMaxTimestamp(batch, 0, NO_LIMIT))
        .isEqualTo(new TimestampOffset(9, 1));
  }

  @Test
  void aLogAppendTimeBatchIsNotOpened() {
    RecordBatchBuilder builder =
        new RecordBatchBuilder().baseOffset(BASE_OFFSET).codec(CompressionCodec.ZSTD);
    for (int i = 0; i < 10; i++) {
      builder.append(i, null, null);
    }
    ByteBuffer batch = builder.logAppendTime(500).build();
    for (int at = RecordBatch.RECORDS; at < batch.limit(); at++) {
      batch.put(at, (byte) 0); // to open it would now fail
    }
    assertThat(TimestampOffset.firstAtOrAfter(batch, 0, 500, 0, NO_LIMIT))
        .isEqualTo(new TimestampOffset(500, BASE_OFFSET));
    assertThat(TimestampOffset.firstAtOrAfter(batch, 0, 1, BASE_OFFSET + 9, NO_LIMIT))
        .isEqualTo(new TimestampOffset(500, BASE_OFFSET + 9));
    assertThat(TimestampOffset.firstAtOrAfter(batch, 0, 1, BASE_OFFSET + 10, NO_LIMIT)).isNull();
    assertThat(TimestampOffset.firstAtOrAfter(batch, 0, 501, 0, NO_LIMIT)).isNull();
    assertThat(TimestampOffset.ofMaxTimestamp(batch, 0, NO_LIMIT))
        .isEqualTo(new TimestampOffset(500, BASE_OFFSET));
  }

  @Test
  void aBatchWithoutRecordsHasNone() {
    ByteBuffer batch = new RecordBatchBuilder().lastOffset(9).logAppendTime(5).build();
    assertThat(TimestampOffset.firstAtOrAfter(batch, 0, 0, 0, NO_LIMIT)).isNull();
    assertThat(TimestampOffset.ofMaxTimestamp(batch, 0, NO_LIMIT)).isNull();
  }

  private static TimestampOffset expected(List<Record> records, long timestamp, long minOffset) {
    return records.stream()
        .filter(r -> r.timestamp() >= timestamp && r.offset() >= minOffset)
        .findFirst()
        .map(r -> new TimestampOffset(r.timestamp(), r.offset()))
        .orElse(null);
  }

  private static void assertMaxAsKafka(ByteBuffer batch) {
    var theirs = MemoryRecords.readableRecords(batch.duplicate()).batches().iterator().next();
    TimestampOffset ours = TimestampOffset.ofMaxTimestamp(batch, 0, NO_LIMIT);
    assertThat(ours).isNotNull();
    assertThat(ours.timestamp()).isEqualTo(theirs.maxTimestamp());
    assertThat(ours.offset()).isEqualTo(theirs.offsetOfMaxTimestamp().orElseThrow());
  }

  private static ByteBuffer batch(CompressionCodec codec, List<Record> records) {
    RecordBatchBuilder builder = new RecordBatchBuilder().baseOffset(BASE_OFFSET).codec(codec);
    records.forEach(builder::append);
    return builder.build();
  }
}
