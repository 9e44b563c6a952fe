package io.tailrace.log;

import io.tailrace.env.Disk;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Opens a log from its folder, after whatever has happened to it. Each line is decided on its own,
 * so every combination is defined:
 *
 * <pre>
 *   case                                              what is done
 *   clean marker, and the last segment ends at the
 *     recovery point                                  no batch is looked at but the last few
 *   any other: no marker, a damaged or stale
 *     recovery point, a damaged last segment          from the recovery point's segment on all
 *                                                     batches are checked: see {@link Tail}
 *   index absent, damaged, not fitting                rebuilt from the segment at first use
 *   leader-epoch-checkpoint absent, damaged, or
 *     silent about the log's start                    rebuilt from all batch headers
 *   producer snapshot absent or damaged               an older one is taken, else none; batch headers
 *                                                     behind it are replayed
 *   log start or high watermark unknown, or not
 *     in the log                                      start of the first segment
 * </pre>
 *
 * A damaged checkpoint, index or snapshot never costs data, only time.
 */
final class LogLoader {
  private static final Logger LOG = System.getLogger(LogLoader.class.getName());
  private static final int MAX_EPOCH_FILE_BYTES = 1 << 26;

  private final LogContext context;
  private final Disk disk;
  private final Path directory;
  private final LogConfig config;
  private final StartHints hints;

  private LogLoader(LogContext context, Path directory, LogConfig config, StartHints hints) {
    this.context = context;
    this.disk = context.disk();
    this.directory = directory;
    this.config = config;
    this.hints = hints;
  }

  /**
   * Opens a log; its folder must be there, and may be empty.
   *
   * @throws LogOfflineException if a segment is corrupt where valid batches follow, or files can't
   *     be read: nothing has been changed then
   */
  static PartitionLog load(LogContext context, Path directory, LogConfig config, StartHints hints)
      throws LogOfflineException {
    try {
      return new LogLoader(context, directory, config, hints).load();
    } catch (IOException e) {
      throw new LogOfflineException(
          "%s can't be opened: %s".formatted(LogFiles.name(directory), e.getMessage()), e);
    }
  }

  private PartitionLog load() throws IOException, LogOfflineException {
    LogSegment[] segments = segments();
    boolean trusted = hints.clean() && endsAtRecoveryPoint(segments);
    long checkedFrom = Long.MAX_VALUE;
    if (!trusted) {
      LogRecovery recovery = new LogRecovery(context, directory, config);
      segments = recovery.recover(segments, Math.max(0, hints.recoveryPoint()));
      checkedFrom = recovery.checkedFrom();
    }
    LogOffsets offsets = offsets(segments);
    context.checkpoints().lower(LogFiles.name(directory), offsets.logEnd(), offsets.logStart());
    LeaderEpochCache epochs = readEpochs();
    epochs.truncateTo(offsets.logEnd());
    boolean complete = epochs.epochAt(offsets.logStart()) != LeaderEpochCache.NO_EPOCH;
    long epochsFrom = complete ? checkedFrom : offsets.logStart();
    LogReplay replay = new LogReplay(disk, directory);
    replay.deleteSnapshotsAfter(offsets.logEnd());
    ProducerStates producers =
        replay.producersAndEpochs(segments, offsets.logEnd(), epochs, epochsFrom, config);
    epochs.startAt(offsets.logStart());
    replay.deleteStraySnapshots(segments);
    return new PartitionLog(
        new LogState(
            directory, context, config, new Segments(segments), offsets, epochs, producers));
  }

  /** Sorted by base offset; the last one's end is not known yet. */
  private LogSegment[] segments() throws IOException {
    List<Path> files = disk.list(directory);
    List<Long> bases = new ArrayList<>();
    for (Path file : files) {
      long base = LogFiles.offset(file, LogFiles.LOG);
      if (base >= 0) {
        bases.add(base);
      }
    }
    deleteLeftovers(files, new HashSet<>(bases));
    if (bases.isEmpty()) {
      long start = Math.max(0, hints.logStart());
      return new LogSegment[] {LogSegment.create(context.openFiles(), directory, start)};
    }
    LogSegment[] segments = new LogSegment[bases.size()];
    for (int i = 0; i < segments.length; i++) {
      long base = bases.get(i);
      long next = i + 1 < segments.length ? bases.get(i + 1) : base;
      segments[i] = LogSegment.existing(context.openFiles(), directory, base, size(base), next);
    }
    return segments;
  }

  private int size(long base) throws IOException {
    Path file = LogFiles.file(directory, base, LogFiles.LOG);
    long size = disk.size(file);
    if (size > Integer.MAX_VALUE) {
      throw new IOException(file + " has " + size + " bytes, more than a segment can have");
    }
    return (int) size;
  }

  private void deleteLeftovers(List<Path> files, Set<Long> bases) throws IOException {
    for (Path file : files) {
      boolean orphan = false;
      for (String suffix : List.of(LogFiles.INDEX, LogFiles.TIME_INDEX, LogFiles.TXN_INDEX)) {
        long base = LogFiles.offset(file, suffix);
        orphan |= base >= 0 && !bases.contains(base);
      }
      String name = LogFiles.name(file);
      if (orphan || name.endsWith(".tmp") || name.endsWith(".deleted")) {
        disk.delete(file);
      }
    }
  }

  private boolean endsAtRecoveryPoint(LogSegment[] segments) throws IOException {
    try {
      LogSegment last = segments[segments.length - 1];
      return last.loadEnd(config.indexIntervalBytes()) == hints.recoveryPoint();
    } catch (BrokenSegmentException e) {
      LOG.log(Level.WARNING, "{0}: checked as after a crash", e.getMessage());
      return false;
    }
  }

  private LogOffsets offsets(LogSegment[] segments) {
    long first = segments[0].baseOffset();
    long end = segments[segments.length - 1].nextOffset();
    long start = hints.logStart() < first || hints.logStart() > end ? first : hints.logStart();
    if (start != hints.logStart() && hints.logStart() > end) {
      LOG.log(
          Level.WARNING,
          "{0}: the checkpoint says the log starts at {1}, but it ends at {2}: starting at {3}",
          directory,
          hints.logStart(),
          end,
          start);
    }
    long watermark = Math.clamp(hints.highWatermark(), start, end);
    return new LogOffsets(start, watermark, end, end);
  }

  /** Empty if the file is absent or damaged. */
  private LeaderEpochCache readEpochs() {
    Path file = directory.resolve(LogFiles.LEADER_EPOCHS);
    try {
      LeaderEpochCache read = LeaderEpochCache.decode(disk.readAll(file, MAX_EPOCH_FILE_BYTES));
      if (read != null) {
        return read;
      }
      LOG.log(Level.WARNING, "{0} is damaged: rebuilt from the log", file);
    } catch (NoSuchFileException e) {
      // not written yet, or lost
    } catch (IOException e) {
      LOG.log(Level.WARNING, "{0} is not readable ({1}): rebuilt", file, e.getMessage());
    }
    return new LeaderEpochCache();
  }
}
