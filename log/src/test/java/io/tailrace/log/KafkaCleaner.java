package io.tailrace.log;

import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.util.Scheduler;
import org.apache.kafka.storage.internals.log.Cleaner;
import org.apache.kafka.storage.internals.log.CleanerStats;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogToClean;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.utils.Throttler;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;
import org.jspecify.annotations.Nullable;

/** Apache Kafka's own log and cleaner, on a copy of a log that we wrote. */
final class KafkaCleaner implements AutoCloseable {
  private static final int NEVER_MS = Integer.MAX_VALUE;
  private static final double LOAD_FACTOR = 0.9;

  private final UnifiedLog log;
  private final Cleaner cleaner;
  private long cleaned;

  private KafkaCleaner(UnifiedLog log, Cleaner cleaner) {
    this.log = log;
    this.cleaner = cleaner;
  }

  /**
   * Opens a log as after a crash, so that Kafka makes all indexes of its own, of aborted
   * transactions too.
   *
   * @param folder a partition's folder, with segments and no snapshots
   * @param dedupeBytes for the map of keys
   */
  static KafkaCleaner open(
      Path folder, Map<String, String> config, int dedupeBytes, int ioBufferBytes)
      throws Exception {
    Map<String, String> kafkas = new HashMap<>(config);
    // Kafka's own tests, too, have to call small segments something else.
    kafkas.put("internal.segment.bytes", String.valueOf(kafkas.remove("segment.bytes")));
    UnifiedLog log =
        UnifiedLog.create(
            folder.toFile(),
            new org.apache.kafka.storage.internals.log.LogConfig(kafkas),
            0,
            0,
            new NoScheduler(),
            new BrokerTopicStats(),
            Time.SYSTEM,
            NEVER_MS,
            new ProducerStateManagerConfig(NEVER_MS, false),
            NEVER_MS,
            new LogDirFailureChannel(1),
            false,
            Optional.empty());
    Throttler throttler = new Throttler(Double.MAX_VALUE, 300, "cleaner-io", "bytes", Time.SYSTEM);
    Cleaner cleaner =
        new Cleaner(
            0,
            new SkimpyOffsetMap(dedupeBytes),
            ioBufferBytes,
            Integer.MAX_VALUE - 8,
            LOAD_FACTOR,
            throttler,
            Time.SYSTEM,
            partition -> {});
    return new KafkaCleaner(log, cleaner);
  }

  /** Copies a partition's segments, and nothing that Kafka would take a shortcut by. */
  static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (file.toString().endsWith(LogFiles.LOG)) {
          Files.copy(file, to.resolve(LogFiles.name(file)));
        }
      }
    }
  }

  /** Cleans what is decided; returns the offset behind, and what that cost. */
  Map.Entry<Long, CleanerStats> clean(long highWatermark, long lastStable, long wallMs)
      throws Exception {
    log.updateHighWatermark(highWatermark);
    long end = Math.min(lastStable, log.activeSegment().baseOffset());
    LogToClean part = new LogToClean(log, cleaned, Math.max(cleaned, end), false);
    Map.Entry<Long, CleanerStats> done = cleaner.doClean(part, wallMs);
    cleaned = Math.max(cleaned, done.getKey());
    return done;
  }

  /** The offset behind what has been cleaned so far. */
  long cleaned() {
    return cleaned;
  }

  /** All batches of the log, one by one. */
  List<ByteBuffer> batches() throws IOException {
    List<ByteBuffer> batches = new ArrayList<>();
    for (var segment : log.logSegments()) {
      ByteBuffer all = ByteBuffer.allocate(segment.log().sizeInBytes());
      segment.log().readInto(all, 0);
      for (int at = 0; at < all.limit(); at += RecordBatch.sizeInBytes(all, at)) {
        batches.add(all.slice(at, RecordBatch.sizeInBytes(all, at)));
      }
    }
    return batches;
  }

  @Override
  public void close() {
    log.closeHandlers();
  }

  /** Old segments are deleted with the test's folder. */
  private static final class NoScheduler implements Scheduler {
    @Override
    public void startup() {}

    @Override
    public void shutdown() {}

    @Override
    public @Nullable ScheduledFuture<?> schedule(
        String name, Runnable task, long delayMs, long periodMs) {
      return null;
    }

    @Override
    public void resizeThreadPool(int newSize) {}
  }
}
