package io.tailrace.log;

import java.util.Map;

/**
 * The topic settings that the log itself obeys. Names, units and defaults are Kafka's.
 *
 * @param segmentBytes {@code segment.bytes}: a segment is rolled before it grows beyond this
 * @param segmentMs {@code segment.ms}: age at which a segment with data is rolled
 * @param segmentJitterMs {@code segment.jitter.ms}: at most this much is taken off the age
 * @param segmentIndexBytes {@code segment.index.bytes}: a segment is rolled when an index is full
 * @param indexIntervalBytes {@code index.interval.bytes}: log bytes between two index entries
 * @param flushMessages {@code flush.messages}: unsynced records after which a flush is due
 * @param flushMs {@code flush.ms}: age of unsynced records after which a flush is due
 * @param maxMessageBytes {@code max.message.bytes}: largest batch that is taken
 * @param logAppendTime {@code message.timestamp.type} is LogAppendTime
 * @param cleanup which records may go
 */
public record LogConfig(
    int segmentBytes,
    long segmentMs,
    long segmentJitterMs,
    int segmentIndexBytes,
    int indexIntervalBytes,
    long flushMessages,
    long flushMs,
    int maxMessageBytes,
    boolean logAppendTime,
    CleanupConfig cleanup) {

  /** Kafka's defaults. */
  public static final LogConfig DEFAULT = of(Map.of());

  public LogConfig {
    atLeast("segment.bytes", segmentBytes, 14);
    atLeast("segment.ms", segmentMs, 1);
    atLeast("segment.jitter.ms", segmentJitterMs, 0);
    atLeast("segment.index.bytes", segmentIndexBytes, 4);
    atLeast("index.interval.bytes", indexIntervalBytes, 0);
    atLeast("flush.messages", flushMessages, 1);
    atLeast("flush.ms", flushMs, 0);
    atLeast("max.message.bytes", maxMessageBytes, 0);
  }

  /**
   * Picks the log's settings out of a topic's configuration; what is not set has Kafka's default.
   *
   * @throws IllegalArgumentException naming the setting, if a value is no number or out of range
   */
  public static LogConfig of(Map<String, String> topicConfig) {
    return new LogConfig(
        (int) number(topicConfig, "segment.bytes", 1 << 30, Integer.MAX_VALUE),
        number(topicConfig, "segment.ms", 7 * 24 * 60 * 60 * 1000L, Long.MAX_VALUE),
        number(topicConfig, "segment.jitter.ms", 0, Long.MAX_VALUE),
        (int) number(topicConfig, "segment.index.bytes", 10 << 20, Integer.MAX_VALUE),
        (int) number(topicConfig, "index.interval.bytes", 4096, Integer.MAX_VALUE),
        number(topicConfig, "flush.messages", Long.MAX_VALUE, Long.MAX_VALUE),
        number(topicConfig, "flush.ms", Long.MAX_VALUE, Long.MAX_VALUE),
        (int) number(topicConfig, "max.message.bytes", (1 << 20) + 12, Integer.MAX_VALUE),
        logAppendTime(topicConfig.getOrDefault("message.timestamp.type", "CreateTime")),
        CleanupConfig.of(topicConfig));
  }

  /** Age in ms at which a segment is closed: no later than its records are to be compacted. */
  long rollMs() {
    return cleanup.compact() ? Math.min(segmentMs, cleanup.maxCompactionLagMs()) : segmentMs;
  }

  static long number(Map<String, String> config, String name, long absent, long most) {
    String value = config.get(name);
    if (value == null) {
      return absent;
    }
    try {
      long number = Long.parseLong(value.trim());
      if (number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // falls through to the same message
    }
    throw new IllegalArgumentException(name + "=" + value + " is not a whole number <= " + most);
  }

  private static boolean logAppendTime(String value) {
    return switch (value) {
      case "CreateTime" -> false;
      case "LogAppendTime" -> true;
      default ->
          throw new IllegalArgumentException(
              "message.timestamp.type=" + value + " is neither CreateTime nor LogAppendTime");
    };
  }

  static void atLeast(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(name + "=" + value + " must be at least " + least);
    }
  }
}
