package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.record.CompressionCodec;
import io.tailrace.record.RecordBatch;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.testkit.DiskFault;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is compacted and when, one rule after the other. */
class LogCleanerTest {
  private static final long DAY_MS = 24 * 60 * 60 * 1000L;

  private CompactedHarness harness;

  private void open(Map<String, String> config) throws Exception {
    harness = CompactedHarness.opened(config);
  }

  private void open() throws Exception {
    open(Map.of());
  }

  @Test
  void theNewestValueOfEachKeyStays() throws Exception {
    open();
    harness.append("a=1", "b=1", "c=1");
    harness.append("a=2");
    harness.roll();
    harness.append("b=2", "d=1");
    harness.roll();
    harness.append("a=3", "c=2");
    assertThat(harness.clean()).isTrue();
    assertThat(harness.texts())
        .as("what is in the active segment neither goes nor lets others go")
        .containsExactly("2:c=1", "3:a=2", "4:b=2", "5:d=1", "6:a=3", "7:c=2");
    assertThat(harness.inner.segments()).as("two have become one").isEqualTo(2);
    assertThat(harness.log().cleanedOffset()).isEqualTo(6);
    assertThat(harness.clean()).as("nothing is new").isFalse();
  }

  @Test
  void aTombstoneOutlivesItsFirstCleaningByTheTimeThatIsSet() throws Exception {
    open(Map.of("delete.retention.ms", "1000"));
    harness.append("a=1", "b=1");
    harness.append("a");
    harness.roll();
    harness.inner.clock.advanceMs(DAY_MS);
    harness.clean();
    assertThat(harness.texts()).containsExactly("1:b=1", "2:a");
    ByteBuffer batch = harness.inner.read(2, 1000, true);
    assertThat(RecordBatch.hasDeleteHorizon(batch, 0)).isTrue();
    assertThat(RecordBatch.baseTimestamp(batch, 0)).isEqualTo(harness.inner.clock.wallMs() + 1000);
    harness.inner.clock.advanceMs(999);
    harness.append("c=1");
    harness.roll();
    harness.clean();
    assertThat(harness.texts()).containsExactly("1:b=1", "2:a", "3:c=1");
    harness.inner.clock.advanceMs(1);
    harness.append("c=2");
    harness.roll();
    harness.clean();
    assertThat(harness.texts()).containsExactly("1:b=1", "4:c=2");
  }

  @Test
  void whatIsYoungOrNotCommittedStays() throws Exception {
    open(Map.of("min.compaction.lag.ms", "1000"));
    harness.append("a=1");
    harness.append("a=2");
    harness.roll();
    harness.inner.clock.advanceMs(500);
    harness.append("a=3");
    harness.roll();
    assertThat(harness.clean()).isFalse();
    harness.inner.clock.advanceMs(500);
    assertThat(harness.clean()).isTrue();
    assertThat(harness.texts()).containsExactly("1:a=2", "2:a=3");
    harness.inner.clock.advanceMs(500);
    harness.log().setHighWatermark(2);
    assertThat(harness.cleanCommitted()).as("the high watermark is before the segment").isFalse();
    assertThat(harness.clean()).isTrue();
    assertThat(harness.texts()).containsExactly("2:a=3");
  }

  @Test
  void aLogIsDueWhenEnoughOfItIsNewOrItHasWaitedLongEnough() throws Exception {
    open(Map.of("min.cleanable.dirty.ratio", "0.6", "max.compaction.lag.ms", "5000"));
    harness.append("a=1");
    harness.roll();
    assertThat(harness.clean()).as("all is new").isTrue();
    harness.append("a=2");
    harness.roll();
    assertThat(harness.clean()).as("half is new").isFalse();
    harness.inner.clock.advanceMs(5000);
    assertThat(harness.clean()).isFalse();
    harness.inner.clock.advanceMs(1);
    assertThat(harness.clean()).isTrue();
    assertThat(harness.texts()).containsExactly("1:a=2");
  }

  @Test
  void recordsWithoutKeyGo() throws Exception {
    open();
    harness.inner.append(Batches.of("from a time when the topic was not compacted"));
    harness.append("a=1");
    harness.roll();
    harness.clean();
    assertThat(harness.texts()).containsExactly("1:a=1");
  }

  @ParameterizedTest
  @EnumSource
  void batchesKeepTheirCodecOrAllTheirBytes(CompressionCodec codec) throws Exception {
    open();
    RecordBatchBuilder whole = new RecordBatchBuilder().codec(codec).producer(7, (short) 2, 0);
    RecordBatchBuilder part = new RecordBatchBuilder().codec(codec).producer(7, (short) 2, 3);
    for (int i = 0; i < 3; i++) {
      harness.append(whole, "whole" + i + "=" + "x".repeat(100));
      harness.append(part, "part" + i + "=" + "x".repeat(100));
    }
    ByteBuffer first = whole.build();
    harness.inner.append(first);
    harness.inner.append(part.build());
    harness.append("part1=new");
    harness.roll();
    harness.clean();
    assertThat(harness.inner.read(0, first.limit(), true)).isEqualTo(first.rewind());
    ByteBuffer rest = harness.inner.read(3, 100_000, true);
    assertThat(RecordBatch.baseOffset(rest, 0)).isEqualTo(3);
    assertThat(RecordBatch.lastOffset(rest, 0)).isEqualTo(5);
    assertThat(RecordBatch.recordCount(rest, 0)).isEqualTo(2);
    assertThat(RecordBatch.codecId(rest, 0)).isEqualTo(codec.id());
    assertThat(RecordBatch.lastSequence(rest, 0)).isEqualTo(5);
    assertThat(harness.texts()).hasSize(6).last().isEqualTo("6:part1=new");
  }

  @Test
  void aBatchLargerThanAllBuffersIsCleaned() throws Exception {
    open(Map.of("max.message.bytes", "10000000"));
    harness.settings = new CleanerSettings(true, 1, 1 << 20, 0.9, 0, Double.MAX_VALUE, 0);
    harness.newCleaner();
    harness.append("a=" + "1".repeat(3_000_000), "b=1");
    harness.append("a=" + "2".repeat(3_000_000), "c=1");
    harness.append("c=2");
    harness.roll();
    harness.clean();
    assertThat(harness.texts()).containsExactly("1:b=1", "2:a=" + "2".repeat(3_000_000), "4:c=2");
  }

  @Test
  void producersSurviveWithoutTheirRecords() throws Exception {
    open();
    for (int sequence = 0; sequence < 4; sequence++) {
      RecordBatchBuilder batch = new RecordBatchBuilder().producer(9, (short) 1, sequence);
      harness.append(batch, "a=" + sequence);
      harness.inner.append(batch.build());
    }
    harness.append("a=last");
    harness.append("b=1");
    harness.roll();
    Map<Long, String> before = harness.lastOfProducers();
    harness.clean();
    assertThat(harness.texts()).containsExactly("4:a=last", "5:b=1");
    assertThat(harness.batches()).containsExactly(3L, 4L, 5L);
    harness.inner.disk.kill();
    harness.deleteSnapshots();
    harness.inner.open();
    assertThat(harness.lastOfProducers()).isEqualTo(before).containsValue("1 3 @3");
  }

  @Test
  void ofAnAbortedTransactionOnlyItsMarkerStaysForATime() throws Exception {
    open(Map.of("delete.retention.ms", "1000"));
    RecordBatchBuilder aborted = new RecordBatchBuilder().producer(5, (short) 0, 0).transactional();
    harness.append("a=1");
    harness.append(aborted, "a=2");
    harness.inner.append(aborted.build());
    harness.inner.append(CompactedHarness.marker(5, 0, false, harness.inner.clock.wallMs()));
    RecordBatchBuilder next = new RecordBatchBuilder().producer(5, (short) 0, 1).transactional();
    harness.append(next, "b=1");
    harness.inner.append(next.build());
    harness.inner.append(CompactedHarness.marker(5, 0, true, harness.inner.clock.wallMs()));
    harness.append("c=1");
    harness.roll();
    harness.clean();
    assertThat(harness.texts()).containsExactly("0:a=1", "3:b=1", "5:c=1");
    assertThat(harness.batches()).as("both markers").containsExactly(0L, 2L, 3L, 4L, 5L);
    harness.append("c=2");
    harness.roll();
    harness.clean();
    ByteBuffer marker = harness.inner.read(2, 100, true);
    assertThat(RecordBatch.isControl(marker, 0)).isTrue();
    assertThat(RecordBatch.hasDeleteHorizon(marker, 0)).isTrue();
    harness.inner.clock.advanceMs(1000);
    harness.append("c=3");
    harness.roll();
    harness.clean();
    assertThat(harness.batches()).as("the marker of the other").containsExactly(0L, 3L, 4L, 7L);
  }

  @Test
  void anUndecidedTransactionIsNotPassedUntilItIsDecided() throws Exception {
    open();
    harness.append("a=1");
    harness.append("a=2");
    harness.roll();
    RecordBatchBuilder open = new RecordBatchBuilder().producer(5, (short) 0, 0).transactional();
    harness.append(open, "a=3");
    harness.inner.append(open.build());
    harness.roll();
    assertThat(harness.clean()).isTrue();
    assertThat(harness.texts()).containsExactly("1:a=2", "2:a=3");
    assertThat(harness.log().cleanedOffset()).isEqualTo(2);
    harness.clean();
    long calls = harness.inner.disk.calls();
    assertThat(harness.clean()).as("it is not looked at again").isFalse();
    assertThat(harness.inner.disk.calls()).isEqualTo(calls);
    harness.inner.append(CompactedHarness.marker(5, 0, true, harness.inner.clock.wallMs()));
    assertThat(harness.clean()).isTrue();
    assertThat(harness.texts()).containsExactly("2:a=3");
  }

  @Test
  void whatTheMapHasNoRoomForIsLeftForTheNextCleaning() throws Exception {
    open();
    harness.settings =
        new CleanerSettings(true, 1, 10 * OffsetMap.SLOT_BYTES, 0.5, 0, Double.MAX_VALUE, 0);
    harness.newCleaner();
    for (int i = 0; i < 20; i++) {
      harness.append("k" + i + "=1", "same=" + i);
    }
    harness.roll();
    assertThat(harness.clean()).isTrue();
    assertThat(harness.log().cleanedOffset()).as("within a batch").isEqualTo(7);
    int cleanings = 1;
    while (harness.clean()) {
      cleanings++;
    }
    assertThat(cleanings).isGreaterThan(4);
    assertThat(harness.texts()).hasSize(21).last().isEqualTo("39:same=19");
  }

  @Test
  void moreOffsetsThanThereIsMemoryForAreCleanedTheSame() throws Exception {
    open();
    int fiveSlotsAnd64Offsets = 128;
    harness.settings =
        new CleanerSettings(true, 1, fiveSlotsAnd64Offsets, 0.9, 0, Double.MAX_VALUE, 0);
    harness.newCleaner();
    for (int i = 0; i < 200; i += 4) {
      harness.append("a=" + i, "b=" + i, "b=" + (i + 1), "c=" + i);
    }
    harness.roll();
    harness.clean();
    assertThat(harness.texts()).containsExactly("196:a=196", "198:b=197", "199:c=196");
    harness.append("a=new", "c");
    harness.append("c=new");
    harness.roll();
    harness.clean();
    assertThat(harness.texts()).containsExactly("198:b=197", "200:a=new", "202:c=new");
  }

  @Test
  void aBatchOfManyRecordsIsCleanedAsOneOfFew() throws Exception {
    open();
    harness.append(
        IntStream.range(0, 1000).mapToObj(i -> "k" + i % 600 + "=" + i).toArray(String[]::new));
    harness.roll();
    harness.clean();
    assertThat(harness.entries())
        .extracting(CompactedHarness.Entry::offset)
        .containsExactlyElementsOf(LongStream.range(400, 1000).boxed().toList());
    harness.append(
        IntStream.range(0, 300).mapToObj(i -> "k" + 2 * i + "=new").toArray(String[]::new));
    harness.roll();
    harness.clean();
    assertThat(harness.entries()).hasSize(600);
    assertThat(harness.texts())
        .filteredOn(text -> !text.endsWith("=new"))
        .hasSize(300)
        .allMatch(text -> text.matches("\\d+:k\\d*[13579]=.*"));
  }

  @Test
  void recordsOfAnAbortedTransactionMakeNothingOld() throws Exception {
    open();
    harness.append("a=1", "b=1");
    RecordBatchBuilder aborted = new RecordBatchBuilder().producer(7, (short) 0, 0).transactional();
    harness.append(aborted, "a=2");
    harness.inner.append(aborted.build());
    harness.append("b=2");
    harness.inner.append(CompactedHarness.marker(7, 0, false, harness.inner.clock.wallMs()));
    harness.append("c=1");
    harness.roll();
    harness.clean();
    assertThat(harness.texts()).containsExactly("0:a=1", "3:b=2", "5:c=1");
  }

  @Test
  void howFarItIsCompactedSurvivesInKafkasFile() throws Exception {
    open();
    harness.append("a=1");
    harness.append("a=2");
    harness.roll();
    harness.clean();
    harness.inner.disk.kill();
    harness.inner.open();
    assertThat(harness.log().cleanedOffset()).isEqualTo(2);
    Path file = LogHarness.ROOT.resolve("cleaner-offset-checkpoint");
    assertThat(new String(harness.inner.content(file), StandardCharsets.UTF_8))
        .isEqualTo("0\n1\ntopic 0 2\n");
    assertThat(harness.clean()).isFalse();
    harness.log().truncateTo(1);
    assertThat(harness.log().cleanedOffset()).isLessThanOrEqualTo(1);
  }

  @Test
  void aClosedLogIsOpenedOnlyIfItMayBeDirty() throws Exception {
    open();
    harness.append("a=1");
    harness.append("a=2");
    harness.roll();
    harness.append("a=3");
    harness.clean();
    harness.inner.manager.close();
    harness.inner.openManager();
    harness.newCleaner();
    assertThat(harness.cleanCommitted()).isFalse();
    assertThat(harness.inner.manager.ifOpen(LogHarness.NAME)).isNull();
    long calls = harness.inner.disk.calls();
    assertThat(harness.cleanCommitted()).isFalse();
    assertThat(harness.inner.disk.calls()).as("its folder is looked into once").isEqualTo(calls);

    harness.inner.closeAndOpen();
    harness.roll();
    harness.append("a=4");
    harness.log().setHighWatermark(4);
    harness.inner.manager.close();
    harness.inner.openManager();
    harness.newCleaner();
    assertThat(harness.cleanCommitted()).isTrue();
    assertThat(harness.texts()).containsExactly("2:a=3", "3:a=4");
  }

  @Test
  void aDamagedBatchStopsItsLogUntilItIsGone() throws Exception {
    open();
    harness.append("a=1");
    long damaged = harness.append("b=1");
    harness.append("a=2");
    harness.roll();
    harness.append("c=1");
    try (var file =
        harness.inner.disk.open(
            harness.inner.file(0, ".log"), io.tailrace.env.Disk.OpenMode.WRITE)) {
      int position = harness.inner.read(0, 1, true).limit();
      file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), position + 64);
    }
    assertThat(harness.clean()).isTrue();
    String problem = harness.cleaner.problems().get(LogHarness.NAME);
    assertThat(problem)
        .contains("00000000000000000000.log at position")
        .contains("(offset " + damaged + ")")
        .contains("checksum");
    assertThat(harness.fileNames()).noneMatch(name -> name.endsWith(".cleaned"));
    assertThat(harness.clean()).as("it waits").isFalse();
    harness.inner.clock.advanceMs(60_000);
    assertThat(harness.clean()).as("and is tried again").isTrue();
    harness.inner.clock.advanceMs(60_000);
    assertThat(harness.clean()).as("after twice the time").isFalse();
    harness.log().deleteRecordsBefore(damaged + 1);
    assertThat(harness.clean()).as("or when records are deleted").isTrue();
    assertThat(harness.cleaner.problems()).isEmpty();
    assertThat(harness.texts()).containsExactly("2:a=2", "3:c=1");
    assertThat(harness.log().offlineReason()).isNull();
  }

  @Test
  void aChangeOfSettingsIsAReasonToTryAgain() throws Exception {
    open();
    harness.append("a=1");
    harness.append("a=2");
    harness.roll();
    harness.inner.disk.setCapacity(0);
    assertThat(harness.clean()).isTrue();
    assertThat(harness.cleaner.problems().get(LogHarness.NAME)).contains("No space left");
    harness.inner.disk.setCapacity(Long.MAX_VALUE);
    assertThat(harness.clean()).isFalse();
    harness.log().setConfig(LogConfig.of(Map.of("cleanup.policy", "compact,delete")));
    assertThat(harness.clean()).isTrue();
    assertThat(harness.texts()).containsExactly("1:a=2");
  }

  @Test
  void anUnreadableSegmentConcernsNobodyElse() throws Exception {
    open();
    harness.append("a=1");
    harness.append("a=2");
    harness.roll();
    harness.inner.disk.setFaults(
        (number, operation, path) -> operation.equals("read") ? DiskFault.IO_ERROR : null);
    assertThat(harness.clean()).isTrue();
    assertThat(harness.cleaner.problems()).containsKey(LogHarness.NAME);
    assertThat(harness.log().offlineReason()).isNull();
    assertThat(harness.append("a=3")).isEqualTo(2);
  }

  @Test
  void aReaderOfOldSegmentsGoesOnInTheNewOnes() throws Exception {
    open(Map.of("index.interval.bytes", "0"));
    harness.append("a=1");
    harness.append("b=1");
    harness.append("a=2");
    harness.roll();
    LogSlice slice = harness.log().read(0, 1000, true, 3);
    harness.clean();
    ByteBuffer old = ByteBuffer.allocate(slice.sizeInBytes());
    slice.readInto(old);
    slice.release();
    assertThat(RecordBatch.baseOffset(old, 0)).isZero();
    ByteBuffer now = harness.inner.read(0, 1000, true);
    assertThat(RecordBatch.baseOffset(now, 0)).isEqualTo(1);
    assertThat(harness.log().maxTimestamp()).isNotNull();
    assertThat(harness.inner.disk.openFiles()).isLessThanOrEqualTo(2);
  }

  @Test
  void theOldFilesStayForTheTimeThatIsSet() throws Exception {
    open(Map.of("file.delete.delay.ms", "1000"));
    harness.append("a=1");
    harness.roll();
    harness.append("a=2");
    harness.roll();
    harness.inner.manager.deleteFiles(0);
    harness.clean();
    String[] old = {"00000000000000000000.log.deleted", "00000000000000000001.log.deleted"};
    harness.inner.manager.deleteFiles(0);
    harness.inner.manager.deleteFiles(TimeUnit.MILLISECONDS.toNanos(999));
    assertThat(harness.fileNames()).contains(old);
    harness.inner.manager.deleteFiles(TimeUnit.MILLISECONDS.toNanos(1000));
    assertThat(harness.fileNames()).doesNotContain(old);
    assertThat(harness.texts()).containsExactly("1:a=2");
  }

  /** Kafka's cleaner, of which a log may come, leaves gaps between segments. */
  @Test
  void gapsInWhatIsCleanedAreBelievedWithoutTheRecoveryPoint() throws Exception {
    open(Map.of("segment.bytes", "100"));
    harness.append("a=1");
    harness.append("b=1");
    harness.append("c=1");
    harness.append("d=1");
    harness.clean();
    assertThat(harness.inner.segments()).isEqualTo(4);
    harness.inner.kill();
    harness.inner.disk.delete(LogFiles.file(LogHarness.DIRECTORY, 1, LogFiles.LOG));
    harness.inner.disk.delete(LogHarness.ROOT.resolve("recovery-point-offset-checkpoint"));
    harness.inner.open();
    assertThat(harness.texts()).containsExactly("0:a=1", "2:c=1", "3:d=1");
  }

  @Test
  void segmentsAreJoinedUpToTheirSize() throws Exception {
    open(Map.of("segment.bytes", "1000"));
    for (int i = 0; i < 60; i++) {
      harness.append("k" + i + "=" + "x".repeat(100));
    }
    int before = harness.inner.segments();
    for (int i = 0; i < 50; i++) {
      harness.append("k" + i + "=y");
    }
    harness.roll();
    harness.clean();
    harness.append("k=1");
    harness.roll();
    harness.clean();
    assertThat(before).isGreaterThanOrEqualTo(10);
    assertThat(harness.inner.segments()).isLessThanOrEqualTo(8);
    for (LogSegment segment : harness.log().state().segments.all()) {
      assertThat(segment.size()).isLessThanOrEqualTo(1000);
    }
    assertThat(harness.texts()).hasSize(61);
    List<String> texts = harness.texts();
    harness.inner.closeAndOpen();
    assertThat(harness.texts()).isEqualTo(texts);
  }
}
