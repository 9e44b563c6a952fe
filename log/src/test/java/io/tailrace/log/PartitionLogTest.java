package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.record.RecordBatch;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PartitionLogTest {
  private final LogHarness harness;

  PartitionLogTest() throws LogException {
    harness = LogHarness.opened(Map.of("segment.bytes", "1000", "index.interval.bytes", "100"));
  }

  @Test
  void givesOffsetsInOrderAndReadsThemBack() throws Exception {
    AppendBatch first = harness.append(Batches.of("a", "b", "c"));
    AppendBatch second = harness.append(Batches.of("d"));
    assertThat(first.outcome()).isEqualTo(AppendOutcome.APPENDED);
    assertThat(first.baseOffset()).isZero();
    assertThat(first.appendTimeMs()).isEqualTo(-1);
    assertThat(second.baseOffset()).isEqualTo(3);
    assertThat(harness.log.logEndOffset()).isEqualTo(4);
    ByteBuffer read = harness.read(1, 1 << 20, true);
    assertThat(RecordBatch.baseOffset(read, 0)).isZero();
    assertThat(RecordBatch.partitionLeaderEpoch(read, 0)).isEqualTo(LogHarness.EPOCH);
    assertThat(read.remaining()).isEqualTo(first.sizeInBytes() + second.sizeInBytes());
  }

  @Test
  void writesBatchesOfOneCallAtOnce() throws Exception {
    harness.append(Batches.of("opens the file"));
    long calls = harness.disk.calls();
    harness.append(List.of(Batches.of("a"), Batches.of("b"), Batches.of("c")));
    assertThat(harness.disk.calls() - calls).isEqualTo(1);
    assertThat(harness.log.logEndOffset()).isEqualTo(4);
  }

  @Test
  void aFlushIsOneSync() throws Exception {
    harness.append(Batches.of("a"));
    harness.log.flush();
    harness.append(Batches.of("b"));
    long calls = harness.disk.calls();
    harness.log.flush();
    harness.log.flush();
    assertThat(harness.disk.calls() - calls).isEqualTo(1);
    assertThat(harness.log.flushedOffset()).isEqualTo(2);
  }

  @Test
  void takesSeveralBatchesOfOneBuffer() throws Exception {
    ByteBuffer one = Batches.of("a");
    ByteBuffer two = Batches.of("b", "c");
    ByteBuffer both =
        ByteBuffer.allocate(5 + one.limit() + two.limit()).put(new byte[5]).put(one).put(two);
    AppendBatch[] batches = {
      new AppendBatch().set(both, 5, one.limit()),
      new AppendBatch().set(both, 5 + one.limit(), two.limit())
    };
    harness.log.append(batches, 2, 0, 0);
    assertThat(batches[1].baseOffset()).isEqualTo(1);
    ByteBuffer read = harness.read(0, 1000, true);
    assertThat(RecordBatch.lastOffset(read, one.limit())).isEqualTo(2);
  }

  @Test
  void rollsBySizeInTheMiddleOfACall() throws Exception {
    harness.append(List.of(Batches.ofSize(600), Batches.ofSize(600), Batches.ofSize(100)));
    assertThat(harness.segments()).isEqualTo(2);
    assertThat(harness.log.state().segments.active().baseOffset()).isEqualTo(1);
    assertThat(harness.log.flushedOffset()).as("a roll syncs what it seals").isEqualTo(1);
    assertThat(harness.disk.exists(harness.file(1, ".snapshot"))).isTrue();
    assertThat(harness.disk.exists(harness.file(0, ".timeindex"))).isTrue();
  }

  @Test
  void rollsByAge() throws Exception {
    harness.log.setConfig(LogConfig.of(Map.of("segment.ms", "1000")));
    harness.append(Batches.at(5000, 1));
    harness.append(Batches.at(6000, 1));
    assertThat(harness.segments()).isEqualTo(1);
    harness.append(Batches.at(6001, 1));
    assertThat(harness.segments()).isEqualTo(2);
  }

  @Test
  void rollsWhenAnIndexIsFull() throws Exception {
    harness.log.setConfig(
        LogConfig.of(Map.of("segment.index.bytes", "36", "index.interval.bytes", "0")));
    for (int i = 0; i < 6; i++) {
      harness.append(Batches.at(1000 + i, 1));
    }
    assertThat(harness.segments()).isGreaterThan(1);
    assertThat(harness.disk.size(harness.file(0, ".timeindex"))).isLessThanOrEqualTo(36);
  }

  @Test
  void refusesWhatIsTooLarge() throws Exception {
    assertThat(harness.append(Batches.ofSize(1000)).outcome())
        .isEqualTo(AppendOutcome.RECORD_LIST_TOO_LARGE);
    harness.log.setConfig(LogConfig.of(Map.of("max.message.bytes", "100")));
    assertThat(harness.append(Batches.ofSize(200)).outcome())
        .isEqualTo(AppendOutcome.MESSAGE_TOO_LARGE);
    assertThat(harness.log.logEndOffset()).isZero();
  }

  @Test
  void stampsTheAppendTime() throws Exception {
    harness.log.setConfig(LogConfig.of(Map.of("message.timestamp.type", "LogAppendTime")));
    harness.clock.advanceMs(77);
    AppendBatch batch = harness.append(Batches.of("a"));
    assertThat(batch.appendTimeMs()).isEqualTo(Batches.TIME + 77);
    ByteBuffer read = harness.read(0, 1000, true);
    assertThat(RecordBatch.isLogAppendTime(read, 0)).isTrue();
    assertThat(RecordBatch.maxTimestamp(read, 0)).isEqualTo(Batches.TIME + 77);
    assertThat(RecordBatch.computedCrc(read, 0, read.limit()))
        .isEqualTo(RecordBatch.storedCrc(read, 0));
    assertThat(harness.log.offsetForTimestamp(Batches.TIME + 1))
        .isEqualTo(new TimestampedOffset(0, Batches.TIME + 77));
  }

  @Test
  void readsWholeBatchesWithinTheLimits() throws Exception {
    int size = harness.append(Batches.of("aaaa")).sizeInBytes();
    for (int i = 0; i < 9; i++) {
      harness.append(Batches.of("bbbb"));
    }
    assertThat(harness.read(2, size - 1, false).remaining()).isZero();
    assertThat(harness.read(2, 0, true).remaining()).isEqualTo(size);
    assertThat(harness.read(2, 2 * size + 1, false).remaining()).isEqualTo(2 * size);
    assertThat(harness.read(2, 1000, false, 5).remaining()).isEqualTo(3 * size);
    assertThat(harness.read(5, 1000, false, 5).remaining()).isZero();
    assertThat(harness.read(10, 1000, true).remaining()).isZero();
    assertThatThrownBy(() -> harness.read(11, 1000, true))
        .isInstanceOf(OffsetOutOfRangeException.class)
        .hasMessageContaining("0 to 10, not 11");
  }

  @Test
  void readsOnInTheNextSegment() throws Exception {
    harness.append(List.of(Batches.ofSize(600), Batches.ofSize(700)));
    assertThat(harness.read(0, 5000, true).remaining()).isLessThan(700);
    assertThat(RecordBatch.baseOffset(harness.read(1, 5000, true), 0)).isEqualTo(1);
  }

  @Test
  void aFetchBehindTheLastOneReadsNothingFromTheFile() throws Exception {
    harness.append(Batches.of("a"));
    long next = 0;
    for (int round = 0; round < 20; round++) {
      harness.append(List.of(Batches.of("bcd"), Batches.of("x", "y")));
      long calls = harness.disk.calls();
      LogSlice slice = harness.log.read(next, 1 << 20, true, harness.log.logEndOffset());
      slice.release();
      assertThat(harness.disk.calls()).as("no call for offset " + next).isEqualTo(calls);
      next = harness.log.logEndOffset();
      if (harness.segments() > 1) {
        break;
      }
    }
  }

  @Test
  void aWalkThroughTheLogInPiecesReadsNothingFromTheFile() throws Exception {
    harness.log.setConfig(LogConfig.of(Map.of("index.interval.bytes", "300")));
    for (int i = 0; i < 200; i++) {
      harness.append(Batches.of("0123456789"));
    }
    long next = 0;
    while (next < 200) {
      long calls = harness.disk.calls();
      LogSlice slice = harness.log.read(next, 2000, false, 200);
      assertThat(harness.disk.calls()).isEqualTo(calls);
      ByteBuffer bytes = ByteBuffer.allocate(slice.sizeInBytes());
      slice.readInto(bytes);
      slice.release();
      int at = 0;
      while (at < bytes.limit()) {
        next = RecordBatch.nextOffset(bytes, at);
        at += RecordBatch.sizeInBytes(bytes, at);
      }
    }
  }

  @Test
  void aSliceOutlivesDeletionAndClose() throws Exception {
    harness.append(List.of(Batches.ofSize(600), Batches.ofSize(700)));
    LogSlice deleted = harness.log.read(0, 5000, true, 2);
    LogSlice open = harness.log.read(1, 5000, true, 2);
    harness.log.setHighWatermark(2);
    harness.log.deleteRecordsBefore(1);
    harness.manager.close();
    for (LogSlice slice : List.of(deleted, open)) {
      ByteBuffer bytes = ByteBuffer.allocate(slice.sizeInBytes());
      slice.readInto(bytes);
      assertThat(RecordBatch.computedCrc(bytes, 0, bytes.limit()))
          .isEqualTo(RecordBatch.storedCrc(bytes, 0));
      slice.release();
      slice.release();
    }
    assertThat(harness.disk.openFiles()).isZero();
    assertThatThrownBy(() -> harness.log.read(1, 5000, true, 2))
        .isInstanceOf(LogReadException.class);
    assertThatThrownBy(() -> harness.append(Batches.of("a")))
        .isInstanceOf(LogOfflineException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void sendsASliceInPieces() throws Exception {
    harness.append(Batches.of("a", "b"));
    LogSlice slice = harness.log.read(0, 1000, true, 2);
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    WritableByteChannel slow = new SlowChannel(sent);
    int done = 0;
    while (done < slice.sizeInBytes()) {
      done += (int) slice.transferTo(slow, done, Integer.MAX_VALUE);
    }
    assertThat(sent.toByteArray()).isEqualTo(harness.readAll(0));
    harness.log.truncateTo(0);
    assertThatThrownBy(() -> slice.transferTo(slow, 0, Integer.MAX_VALUE))
        .isInstanceOf(EOFException.class);
    slice.release();
    LogSlice empty = harness.log.read(0, 1000, true, 0);
    assertThat(empty.transferTo(slow, 0, Integer.MAX_VALUE)).isZero();
    empty.release();
  }

  /** Takes seven bytes at a time. */
  private record SlowChannel(ByteArrayOutputStream target) implements WritableByteChannel {
    @Override
    public int write(ByteBuffer source) {
      int n = Math.min(7, source.remaining());
      target.write(source.array(), source.arrayOffset() + source.position(), n);
      source.position(source.position() + n);
      return n;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  @Test
  void deletesSegmentsBeforeTheLogStart() throws Exception {
    harness.append(List.of(Batches.ofSize(600), Batches.ofSize(700), Batches.ofSize(700)));
    assertThatThrownBy(() -> harness.log.deleteRecordsBefore(2))
        .isInstanceOf(OffsetOutOfRangeException.class);
    harness.log.setHighWatermark(3);
    harness.log.deleteRecordsBefore(2);
    assertThat(harness.log.logStartOffset()).isEqualTo(2);
    assertThat(harness.segments()).isEqualTo(1);
    assertThat(harness.disk.exists(harness.file(0, ".log"))).isFalse();
    assertThat(harness.disk.exists(harness.file(1, ".snapshot"))).isFalse();
    assertThatThrownBy(() -> harness.read(1, 100, true))
        .isInstanceOf(OffsetOutOfRangeException.class);
    harness.closeAndOpen();
    assertThat(harness.log.logStartOffset()).isEqualTo(2);
  }

  @Test
  void truncatesAtABatchAndGoesOn() throws Exception {
    harness.append(List.of(Batches.ofSize(600), Batches.ofSize(700), Batches.of("a", "b", "c")));
    harness.log.setHighWatermark(5);
    harness.log.truncateTo(3);
    assertThat(harness.log.logEndOffset()).as("the whole batch goes").isEqualTo(2);
    assertThat(harness.log.highWatermark()).isEqualTo(2);
    harness.log.truncateTo(1);
    assertThat(harness.segments()).isEqualTo(2);
    assertThat(harness.append(Batches.of("d")).baseOffset()).isEqualTo(1);
    harness.killAndOpen();
    assertThat(harness.log.logEndOffset()).isEqualTo(2);
  }

  @Test
  void knowsWhereEpochsEnd() throws Exception {
    harness.append(Batches.of("a", "b"));
    AppendBatch[] batches = {new AppendBatch()};
    ByteBuffer buffer = Batches.of("c");
    harness.log.append(
        new AppendBatch[] {batches[0].set(buffer, 0, buffer.limit())}, 1, 7, Batches.TIME);
    assertThat(harness.log.latestEpoch()).isEqualTo(7);
    assertThat(harness.log.endOffsetForEpoch(3)).isEqualTo(new EpochEnd(3, 2));
    assertThat(harness.log.endOffsetForEpoch(5)).isEqualTo(new EpochEnd(3, 2));
    assertThat(harness.log.endOffsetForEpoch(7)).isEqualTo(new EpochEnd(7, 3));
    assertThat(harness.log.endOffsetForEpoch(8)).isNull();
    assertThat(harness.log.epochForOffset(1)).isEqualTo(3);
    assertThat(harness.log.epochForOffset(2)).isEqualTo(7);
  }

  @Test
  void findsOffsetsByTime() throws Exception {
    harness.append(Batches.at(1000, 2));
    harness.append(Batches.at(3000, 2));
    harness.append(Batches.at(2000, 2));
    assertThat(harness.log.offsetForTimestamp(0)).isEqualTo(new TimestampedOffset(0, 1000));
    assertThat(harness.log.offsetForTimestamp(1001)).isEqualTo(new TimestampedOffset(2, 3000));
    assertThat(harness.log.offsetForTimestamp(3001)).isNull();
    assertThat(harness.log.maxTimestamp()).isEqualTo(new TimestampedOffset(2, 3000));
  }
}
