package io.tailrace.broker.config;

import static io.tailrace.broker.config.ConfigRange.atLeast;
import static io.tailrace.broker.config.ConfigRange.between;
import static io.tailrace.broker.config.ConfigType.BOOLEAN;
import static io.tailrace.broker.config.ConfigType.DOUBLE;
import static io.tailrace.broker.config.ConfigType.INT;
import static io.tailrace.broker.config.ConfigType.LONG;

/** The broker settings about compacting logs; what topics may set too is elsewhere. */
public final class CleanerConfigs {
  static final ConfigTable TABLE = new ConfigTable();

  public static final ConfigKey<Boolean> LOG_CLEANER_ENABLE =
      add(
          ConfigKey.of("log.cleaner.enable", BOOLEAN, true)
              .doc(
                  "Whether logs are compacted; without it compacted topics and __consumer_offsets"
                      + " only grow."));

  public static final ConfigKey<Integer> LOG_CLEANER_THREADS =
      add(
          ConfigKey.of("log.cleaner.threads", INT, 1)
              .range(atLeast(1))
              .live()
              .doc("Threads that compact logs, one log each."));

  public static final ConfigKey<Long> LOG_CLEANER_DEDUPE_BUFFER_SIZE =
      add(
          ConfigKey.of("log.cleaner.dedupe.buffer.size", LONG, 128L << 20)
              .range(atLeast(1 << 20))
              .live()
              .doc(
                  "Memory outside the heap in which all compacting threads together remember keys,"
                      + " 24 bytes each, and at most a sixteenth more; taken as needed, and only"
                      + " while a log is compacted."));

  public static final ConfigKey<Double> LOG_CLEANER_IO_BUFFER_LOAD_FACTOR =
      add(
          ConfigKey.of("log.cleaner.io.buffer.load.factor", DOUBLE, 0.9)
              .range(between(0, 1))
              .live()
              .doc("How full that memory may get: fuller remembers more keys, more slowly."));

  public static final ConfigKey<Integer> LOG_CLEANER_IO_BUFFER_SIZE =
      add(
          ConfigKey.of("log.cleaner.io.buffer.size", INT, 512 << 10)
              .range(atLeast(0))
              .live()
              .doc("Read and write buffers of all compacting threads; larger batches get more."));

  public static final ConfigKey<Double> LOG_CLEANER_IO_MAX_BYTES_PER_SECOND =
      add(
          ConfigKey.of("log.cleaner.io.max.bytes.per.second", DOUBLE, Double.MAX_VALUE)
              .range(atLeast(1))
              .live()
              .doc("What compaction reads and writes in a second, at most, on average."));

  public static final ConfigKey<Long> LOG_CLEANER_BACKOFF_MS =
      add(
          ConfigKey.of("log.cleaner.backoff.ms", LONG, 15_000L)
              .range(atLeast(0))
              .live()
              .doc("How long compaction rests when no log is due."));

  private CleanerConfigs() {}

  private static <T> ConfigKey<T> add(ConfigKey<T> key) {
    return TABLE.add(key);
  }
}
