package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.env.Disk.OpenMode;
import io.tailrace.env.DiskFile;
import io.tailrace.record.CompressionCodec;
import io.tailrace.record.RecordBatch;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.testkit.DiskFault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@link PartitionLog#timestampAt}: how old what a reader has not read is. */
class OffsetTimestampTest {
  private static final Map<String, String> SMALL =
      Map.of("segment.bytes", "1000", "index.interval.bytes", "100");

  private LogHarness harness;

  OffsetTimestampTest() throws LogException {
    harness = LogHarness.opened(SMALL);
  }

  /** Appends, and commits what was appended. */
  private void append(ByteBuffer... batches) throws LogException {
    harness.append(List.of(batches));
    harness.log.setHighWatermark(harness.log.logEndOffset());
  }

  private TimestampedOffset at(long offset) throws LogException {
    return harness.log.timestampAt(offset);
  }

  private static TimestampedOffset found(long offset, long timestamp) {
    return new TimestampedOffset(offset, timestamp);
  }

  /** Three records, 1 s apart. */
  private static RecordBatchBuilder three(long timestamp) {
    return three(new RecordBatchBuilder(), timestamp);
  }

  private static RecordBatchBuilder three(RecordBatchBuilder builder, long timestamp) {
    for (int i = 0; i < 3; i++) {
      builder.append(timestamp + 1000 * i, null, new byte[10]);
    }
    return builder;
  }

  @Test
  void exactForTheFirstRecordOfABatchAndItsTimeForTheOthers() throws Exception {
    append(three(5_000).build(), three(9_000).build());
    assertThat(at(0)).isEqualTo(found(0, 5_000));
    assertThat(at(2)).isEqualTo(found(2, 5_000));
    assertThat(at(3)).isEqualTo(found(3, 9_000));
    assertThat(at(5)).isEqualTo(found(5, 9_000));
  }

  @Test
  void overManySegments() throws Exception {
    for (int i = 0; i < 100; i++) {
      append(three(i * 10_000).build());
    }
    assertThat(harness.segments()).isGreaterThan(5);
    for (int offset = 0; offset < 300; offset++) {
      assertThat(at(offset)).isEqualTo(found(offset, offset / 3 * 10_000L));
    }
    harness.closeAndOpen();
    assertThat(at(7)).as("indexes from their files").isEqualTo(found(7, 20_000));
  }

  @Test
  void nothingIsReadWhereNothingIsUnread() throws Exception {
    append(three(5_000).build());
    harness.append(three(9_000).build());
    harness.closeAndOpen();
    harness.log.setHighWatermark(3);
    long calls = harness.disk.calls();
    assertThat(at(3)).as("at the high watermark, below the log's end").isNull();
    assertThat(at(6)).isNull();
    assertThat(at(Long.MAX_VALUE)).isNull();
    assertThat(harness.disk.calls()).isEqualTo(calls);
    assertThat(at(2)).isEqualTo(found(2, 5_000));
  }

  @Test
  void anEmptyLogHasNone() throws Exception {
    assertThat(at(0)).isNull();
    assertThat(at(17)).isNull();
  }

  @Test
  void anOffsetBeforeTheLogStartCountsFromThere() throws Exception {
    append(three(5_000).build(), three(9_000).build());
    harness.log.deleteRecordsBefore(4);
    assertThat(at(0)).isEqualTo(found(4, 9_000));
    assertThat(at(-1)).isEqualTo(found(4, 9_000));
    harness.log.deleteRecordsBefore(6);
    assertThat(at(0)).isNull();
  }

  /** What compaction leaves: offsets 0–9 of which only 4 is there, nothing up to 30, one at 30. */
  @Test
  void gapsLeadToTheNextBatch() throws Exception {
    ByteBuffer emptied =
        new RecordBatchBuilder()
            .baseOffset(0)
            .lastOffset(3)
            .append(7_000, null, new byte[1])
            .lastOffset(9)
            .build();
    find(
        Map.of(0, List.of(emptied, three(new RecordBatchBuilder().baseOffset(30), 8_000).build())));
    assertThat(at(5)).isEqualTo(found(5, 7_000));
    assertThat(at(9)).isEqualTo(found(9, 7_000));
    assertThat(at(10)).isEqualTo(found(30, 8_000));
    assertThat(at(29)).isEqualTo(found(30, 8_000));
    harness.log.setHighWatermark(20);
    assertThat(at(10)).as("only a gap below the high watermark").isNull();
  }

  @Test
  void aGapAtTheEndOfASegmentLeadsToTheNext() throws Exception {
    find(
        Map.of(
            0, List.of(three(5_000).build()),
            10, List.of(three(new RecordBatchBuilder().baseOffset(12), 9_000).build())));
    assertThat(harness.segments()).isEqualTo(2);
    for (int offset = 3; offset <= 12; offset++) {
      assertThat(at(offset)).isEqualTo(found(12, 9_000));
    }
  }

  /**
   * Opens a log that has these batches, by base offset of their segment, all of them synced:
   * compaction leaves no gap behind what is.
   */
  private void find(Map<Integer, List<ByteBuffer>> segments) throws IOException, LogException {
    harness = new LogHarness(SMALL);
    harness.disk.createDirectories(LogHarness.DIRECTORY);
    for (Map.Entry<Integer, List<ByteBuffer>> segment : segments.entrySet()) {
      Path path = harness.file(segment.getKey(), ".log");
      try (DiskFile file = harness.disk.open(path, OpenMode.CREATE)) {
        long position = 0;
        for (ByteBuffer batch : segment.getValue()) {
          int size = batch.remaining();
          file.write(batch, position);
          position += size;
        }
      }
    }
    harness.disk.replace(
        LogHarness.ROOT.resolve("recovery-point-offset-checkpoint"),
        "0\n1\ntopic 0 33\n".getBytes(StandardCharsets.UTF_8));
    harness.open();
    harness.log.setHighWatermark(harness.log.logEndOffset());
  }

  @Test
  void logAppendTimeIsEveryRecords() throws Exception {
    harness.log.setConfig(LogConfig.of(Map.of("message.timestamp.type", "LogAppendTime")));
    append(three(5_000).build());
    assertThat(at(1)).isEqualTo(found(1, Batches.TIME));
  }

  @Test
  void aDeleteHorizonIsNotTakenForATime() throws Exception {
    append(three(new RecordBatchBuilder().deleteHorizon(99_000_000), 5_000).build());
    assertThat(at(0)).isEqualTo(found(0, 7_000));
  }

  @Test
  void recordsWithoutATimestampSaySo() throws Exception {
    append(new RecordBatchBuilder().append(-1, null, new byte[1]).build());
    assertThat(at(0)).isEqualTo(found(0, RecordBatch.NO_TIMESTAMP));
  }

  /** Its records can't be opened, and are large. */
  @Test
  void onlyTheHeaderIsRead() throws Exception {
    harness = LogHarness.opened(Map.of("max.message.bytes", "10000000"));
    ByteBuffer batch =
        new RecordBatchBuilder()
            .codec(CompressionCodec.ZSTD)
            .append(5_000, null, new byte[100])
            .build();
    ByteBuffer broken = ByteBuffer.allocate(5_000_000).put(batch.slice(0, RecordBatch.RECORDS));
    Arrays.fill(broken.array(), RecordBatch.RECORDS, broken.capacity(), (byte) 0xff);
    broken.clear().putInt(RecordBatch.BATCH_LENGTH, broken.capacity() - RecordBatch.LOG_OVERHEAD);
    append(broken, three(9_000).build());
    long calls = harness.disk.calls();
    assertThat(at(0)).isEqualTo(found(0, 5_000));
    assertThat(harness.disk.calls() - calls).as("one read, where the place is known").isEqualTo(1);
    assertThat(at(2)).isEqualTo(found(2, 9_000));
    assertThat(harness.disk.calls() - calls).isLessThanOrEqualTo(4);
  }

  @Test
  void aFailedReadNamesLogAndOffset() throws Exception {
    append(three(5_000).build());
    harness.disk.failCall(1, DiskFault.IO_ERROR);
    assertThatThrownBy(() -> at(0))
        .isInstanceOf(LogReadException.class)
        .hasMessageContaining(LogHarness.NAME)
        .hasMessageContaining("offset 0");
  }
}
