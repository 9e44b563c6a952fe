package io.tailrace.log;

import io.tailrace.env.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a data directory knows of its logs from one start to the next: the three offset checkpoints
 * and the clean-shutdown marker. Safe for use by many threads.
 */
final class LogCheckpoints {
  private static final String MARKER = ".kafka_cleanshutdown";

  /** As Kafka writes it; without the broker epoch, which only a cluster has. */
  private static final String MARKER_CONTENT = "{\"version\":0,\"brokerEpoch\":-1}";

  private final Disk disk;
  private final Path directory;
  private final boolean cleanStart;

  /** As they are in the files. Guarded by this. */
  private Map<String, Long> recoveryPoints;

  private Map<String, Long> logStarts;
  private Map<String, Long> highWatermarks;

  /** Takes the marker away: from now on a crash is a crash. */
  LogCheckpoints(Disk disk, Path directory) throws IOException {
    this.disk = disk;
    this.directory = directory;
    this.recoveryPoints = read(OffsetCheckpoint.RECOVERY_POINTS);
    this.logStarts = read(OffsetCheckpoint.LOG_STARTS);
    this.highWatermarks = read(OffsetCheckpoint.HIGH_WATERMARKS);
    this.cleanStart = disk.exists(directory.resolve(MARKER));
    if (cleanStart) {
      disk.delete(directory.resolve(MARKER));
      disk.syncDirectory(directory);
    }
  }

  private Map<String, Long> read(String file) {
    return OffsetCheckpoint.read(disk, directory.resolve(file));
  }

  boolean cleanStart() {
    return cleanStart;
  }

  synchronized StartHints hints(String name) {
    return new StartHints(
        cleanStart,
        recoveryPoints.getOrDefault(name, StartHints.UNKNOWN),
        logStarts.getOrDefault(name, StartHints.UNKNOWN),
        highWatermarks.getOrDefault(name, StartHints.UNKNOWN));
  }

  /** Whether a file still tells of a log: of an earlier one, if a log of that name is made anew. */
  synchronized boolean knows(String name) {
    return recoveryPoints.containsKey(name)
        || logStarts.containsKey(name)
        || highWatermarks.containsKey(name);
  }

  /** See {@link LogContext.Lowering}. */
  synchronized void lower(String name, long recoveryPoint, long logStart) throws IOException {
    recoveryPoints = lower(OffsetCheckpoint.RECOVERY_POINTS, recoveryPoints, name, recoveryPoint);
    logStarts = lower(OffsetCheckpoint.LOG_STARTS, logStarts, name, logStart);
  }

  private Map<String, Long> lower(String file, Map<String, Long> offsets, String name, long atMost)
      throws IOException {
    if (offsets.getOrDefault(name, StartHints.UNKNOWN) <= atMost) {
      return offsets;
    }
    Map<String, Long> lowered = new HashMap<>(offsets);
    lowered.put(name, atMost);
    return write(file, offsets, lowered);
  }

  /** Writes the offsets of open logs; those of others, that still exist, stay as they were. */
  synchronized void save(Map<String, PartitionLog> open, Iterable<String> existing)
      throws IOException {
    Map<String, Long> points = new HashMap<>();
    Map<String, Long> starts = new HashMap<>();
    Map<String, Long> watermarks = new HashMap<>();
    for (String name : existing) {
      PartitionLog log = open.get(name);
      put(points, name, log == null ? recoveryPoints.get(name) : Long.valueOf(log.flushedOffset()));
      put(starts, name, log == null ? logStarts.get(name) : Long.valueOf(log.logStartOffset()));
      put(
          watermarks,
          name,
          log == null ? highWatermarks.get(name) : Long.valueOf(log.highWatermark()));
    }
    // The log starts first: recovery must never see a start above the end it is sure of.
    logStarts = write(OffsetCheckpoint.LOG_STARTS, logStarts, starts);
    recoveryPoints = write(OffsetCheckpoint.RECOVERY_POINTS, recoveryPoints, points);
    highWatermarks = write(OffsetCheckpoint.HIGH_WATERMARKS, highWatermarks, watermarks);
  }

  private static void put(Map<String, Long> to, String name, @Nullable Long offset) {
    if (offset != null) {
      to.put(name, offset);
    }
  }

  private Map<String, Long> write(String file, Map<String, Long> before, Map<String, Long> now)
      throws IOException {
    Path path = directory.resolve(file);
    if (!now.equals(before) || !disk.exists(path)) {
      OffsetCheckpoint.write(disk, path, now);
    }
    return now;
  }

  /** All logs are closed in order, and the offsets saved. */
  void markClean() throws IOException {
    disk.replace(directory.resolve(MARKER), MARKER_CONTENT.getBytes(StandardCharsets.UTF_8));
  }
}
