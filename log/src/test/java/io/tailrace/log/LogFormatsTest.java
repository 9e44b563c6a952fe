package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The small file formats, byte by byte, and what is refused. */
class LogFormatsTest {
  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void offsetIndexEntries() {
    OffsetIndex index = new OffsetIndex();
    index.append(3, 5, 100);
    index.append(6, 9, 200);
    ByteBuffer file = index.encode();
    assertThat(file)
        .isEqualTo(ByteBuffer.allocate(16).putInt(5).putInt(100).putInt(9).putInt(200).flip());
    OffsetIndex read = OffsetIndex.decode(file, 201);
    assertThat(OffsetIndex.position(read.floorByOffset(8))).isEqualTo(100);
    assertThat(OffsetIndex.position(index.floorByOffset(8))).as("base known").isEqualTo(200);
    assertThat(OffsetIndex.relativeBase(read.floorByOffset(9))).isEqualTo(-1);
    assertThat(read.floorByOffset(4)).isEqualTo(OffsetIndex.NONE);
    assertThat(OffsetIndex.position(read.floorByPosition(199))).isEqualTo(100);
    file.rewind();
    assertThat(OffsetIndex.decode(file, 200)).as("behind the segment's end").isNull();
    assertThat(OffsetIndex.decode(ByteBuffer.allocate(7), 200)).isNull();
    assertThat(OffsetIndex.decode(ByteBuffer.allocate(16), 200)).as("not increasing").isNull();
  }

  @Test
  void timeIndexEntries() {
    TimeIndex index = new TimeIndex();
    index.observe(1000, 3);
    index.mark();
    index.observe(900, 5);
    index.mark();
    index.observe(2000, 7);
    index.observe(2000, 9);
    index.mark();
    ByteBuffer file = index.encode();
    assertThat(file)
        .isEqualTo(ByteBuffer.allocate(24).putLong(1000).putInt(3).putLong(2000).putInt(7).flip());
    TimeIndex read = TimeIndex.decode(file);
    assertThat(read.maxTimestamp()).isEqualTo(2000);
    assertThat(read.offsetOfMaxTimestamp()).isEqualTo(7);
    assertThat(read.relativeOffsetBefore(1000)).isEqualTo(-1);
    assertThat(read.relativeOffsetBefore(1001)).isEqualTo(3);
    assertThat(read.relativeOffsetBefore(2001)).isEqualTo(7);
    assertThat(TimeIndex.decode(ByteBuffer.allocate(13))).isNull();
    assertThat(TimeIndex.decode(ByteBuffer.allocate(24))).isNull();
  }

  @Test
  void leaderEpochs() {
    LeaderEpochCache cache = new LeaderEpochCache();
    cache.assign(2, 0);
    cache.assign(5, 10);
    cache.assign(4, 12);
    cache.assign(7, 20);
    assertThat(new String(cache.encodeIfChanged(), StandardCharsets.UTF_8))
        .isEqualTo("0\n3\n2 0\n5 10\n7 20\n");
    assertThat(cache.encodeIfChanged()).isNull();
    cache.truncateTo(20);
    cache.startAt(11);
    assertThat(cache).hasToString("{5=11}");
    assertThat(cache.endOffset(3, 15)).isEqualTo(new EpochEnd(3, 11));
    assertThat(cache.endOffset(5, 15)).isEqualTo(new EpochEnd(5, 15));
    cache.assign(9, 11);
    assertThat(cache).as("an epoch without records").hasToString("{9=11}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "1\n0\n",
        "0\n1\n",
        "0\n2\n1 0\n",
        "0\n1\n1\n",
        "0\n1\n1 x\n",
        "0\n2\n2 0\n1 5\n",
        "0\n2\n1 5\n2 5\n",
        "x",
        "0\n-1\n"
      })
  void damagedEpochFiles(String content) {
    assertThat(LeaderEpochCache.decode(utf8(content))).isNull();
  }

  @Test
  void fileNames() {
    Path directory = Path.of("/d");
    Path file = LogFiles.file(directory, 1234567890123L, ".log");
    assertThat(file).hasToString("/d/00000001234567890123.log");
    assertThat(LogFiles.offset(file, ".log")).isEqualTo(1234567890123L);
    assertThat(LogFiles.offset(file, ".index")).isEqualTo(-1);
    assertThat(LogFiles.offset(directory.resolve("99999999999999999999.log"), ".log"))
        .isEqualTo(-1);
    assertThat(LogFiles.offset(directory.resolve("0000000000000000000a.log"), ".log"))
        .isEqualTo(-1);
  }

  @Test
  void offsetsStayInOrder() {
    LogOffsets offsets = new LogOffsets(10, 20, 15, 30);
    offsets.appendedTo(40);
    offsets.commitTo(100);
    assertThat(offsets.highWatermark()).isEqualTo(40);
    assertThat(offsets.commitUpTo(39)).isFalse();
    offsets.truncateTo(35);
    assertThat(offsets)
        .hasToString("logStart=10 lastStable=35 highWatermark=35 flushed=15 logEnd=35");
    assertThatThrownBy(() -> offsets.appendedTo(34)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> offsets.startAt(16)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> offsets.flushedTo(36)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> offsets.truncateTo(9)).isInstanceOf(IllegalStateException.class);
    assertThat(offsets)
        .hasToString("logStart=10 lastStable=35 highWatermark=35 flushed=15 logEnd=35");
  }

  @Test
  void settingsByTheirKafkaNames() {
    LogConfig config =
        LogConfig.of(Map.of("segment.bytes", " 100 ", "message.timestamp.type", "LogAppendTime"));
    assertThat(config.segmentBytes()).isEqualTo(100);
    assertThat(config.logAppendTime()).isTrue();
    assertThat(config.indexIntervalBytes()).isEqualTo(4096);
    assertThatThrownBy(() -> LogConfig.of(Map.of("segment.bytes", "99999999999")))
        .hasMessageContaining("segment.bytes=99999999999");
    assertThatThrownBy(() -> LogConfig.of(Map.of("segment.ms", "0")))
        .hasMessageContaining("segment.ms=0 must be at least 1");
  }
}
