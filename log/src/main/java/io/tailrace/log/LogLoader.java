package io.tailrace.log;

import io.tailrace.env.Disk;
import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
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
 *     recovery point, a damaged last segment          from the recovery point on all batches are
 *                                                     checked: see {@link Tail}; from its segment
 *                                                     on if no index file leads to it, or if
 *                                                     anything is wrong behind it
 *   damage that no crash has done                     taken out and kept: see {@link Quarantine}
 *   index absent, damaged, not fitting                rebuilt from the segment at first use
 *   leader-epoch-checkpoint absent, damaged,
 *     silent about the log's start, or at odds
 *     with its last batch                             rebuilt from all batch headers
 *   producer snapshot absent or damaged               an older one is taken, else none; batch headers
 *                                                     behind it are replayed
 *   no segment, though the checkpoints know of      goes on, empty, where they say it ended; a log
 *     records                                         that is kept whole is not opened
 *   a cleaned segment beside those it replaces        put in their place, or dropped: SegmentSwap
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
  private final LoadRules rules;
  private Quarantine quarantine = Quarantine.NONE;

  private LogLoader(
      LogContext context, Path directory, LogConfig config, StartHints hints, LoadRules rules) {
    this.context = context;
    this.disk = context.disk();
    this.directory = directory;
    this.config = config;
    this.hints = hints;
    this.rules = rules;
  }

  /**
   * Opens a log; its folder must be there, and may be empty.
   *
   * @throws LogOfflineException if files can't be read, or a log that must be kept whole is
   *     damaged: nothing has been changed then
   */
  static PartitionLog load(
      LogContext context, Path directory, LogConfig config, StartHints hints, LoadRules rules)
      throws LogOfflineException {
    try {
      return new LogLoader(context, directory, config, hints, rules).load();
    } catch (IOException e) {
      throw new LogOfflineException(
          "%s can't be opened: %s".formatted(directory, e.getMessage()), e);
    }
  }

  private PartitionLog load() throws IOException, LogOfflineException {
    LogSegment[] segments = segments();
    FailedSync.heal(disk, directory, segments, hints.recoveryPoint());
    boolean trusted = hints.clean() && !rules.thorough() && endsAtRecoveryPoint(segments);
    long checkedFrom = Long.MAX_VALUE;
    boolean synced = trusted;
    if (!trusted) {
      LogRecovery recovery =
          new LogRecovery(context, directory, config, rules, quarantine, hints.cleaned());
      segments = recovery.recover(segments, Math.max(0, hints.recoveryPoint()));
      checkedFrom = recovery.checkedFrom();
      quarantine = recovery.quarantine();
      synced = recovery.isSynced();
    }
    LogOffsets offsets = offsets(segments, synced);
    context.checkpoints().lower(LogFiles.name(directory), offsets.logEnd(), offsets.logStart());
    LeaderEpochCache epochs = rules.thorough() ? new LeaderEpochCache() : readEpochs();
    epochs.truncateTo(offsets.logEnd());
    if (contradicts(epochs, segments, trusted)) {
      epochs = new LeaderEpochCache();
    }
    boolean complete = epochs.epochAt(offsets.logStart()) != LeaderEpochCache.NO_EPOCH;
    long epochsFrom = complete ? checkedFrom : offsets.logStart();
    LogReplay replay = new LogReplay(disk, directory);
    replay.deleteSnapshotsAfter(offsets.logEnd());
    ProducerStates producers =
        replay.producersAndEpochs(segments, offsets.logEnd(), epochs, epochsFrom, config);
    epochs.startAt(offsets.logStart());
    replay.deleteStraySnapshots(segments);
    LogState state =
        new LogState(
            directory, context, config, new Segments(segments), offsets, epochs, producers);
    state.quarantine = quarantine;
    state.cleaned = Math.min(hints.cleaned(), offsets.logEnd());
    return new PartitionLog(state);
  }

  /** Sorted by base offset; the last one's end is not known yet. */
  private LogSegment[] segments() throws IOException, LogOfflineException {
    List<Path> files = SegmentSwap.settle(disk, directory);
    List<Long> bases = new ArrayList<>();
    for (Path file : files) {
      long base = LogFiles.offset(file, LogFiles.LOG);
      if (base >= 0) {
        bases.add(base);
      }
    }
    deleteLeftovers(files, new HashSet<>(bases));
    quarantine = Quarantine.of(files);
    if (bases.isEmpty()) {
      return new LogSegment[] {LogSegment.create(context.openFiles(), directory, startAnew())};
    }
    LogSegment[] segments = new LogSegment[bases.size()];
    for (int i = 0; i < segments.length; i++) {
      long base = bases.get(i);
      long next = i + 1 < segments.length ? bases.get(i + 1) : base;
      segments[i] = LogSegment.existing(context.openFiles(), directory, base, size(base), next);
    }
    return segments;
  }

  /** Where a log without segments goes on: its offsets are not given away again. */
  private long startAnew() throws LogOfflineException {
    long start = Math.max(quarantine.end(), Math.max(0, hints.logStart()));
    long synced = hints.recoveryPoint();
    // Two files agree, so it is not one of them that is damaged.
    if (synced <= start || hints.highWatermark() < synced) {
      return start;
    }
    String gone =
        "%s had records up to offset %d, and all its segments are gone: restore them from a backup"
            .formatted(directory, synced);
    if (rules.keptWhole()) {
      throw new LogOfflineException(gone, null);
    }
    LOG.log(Level.ERROR, "{0}. Until then the log goes on, empty, at offset {1}", gone, synced);
    return synced;
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
      if (name.endsWith(LogFiles.DELETED)) {
        context.deletions().add(file, 0);
      } else if (orphan || name.endsWith(".tmp")) {
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

  private LogOffsets offsets(LogSegment[] segments, boolean synced) {
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
    // One behind the end is not to be believed.
    long known = hints.recoveryPoint() > end ? start : Math.max(start, hints.recoveryPoint());
    long flushed = synced ? end : known;
    return new LogOffsets(start, watermark, flushed, end);
  }

  /** Whether the epochs can't be right, by the log's last batch. */
  private boolean contradicts(LeaderEpochCache epochs, LogSegment[] segments, boolean complete)
      throws IOException {
    LogSegment last = segments[segments.length - 1];
    ByteBuffer header = last.headerOf(last.nextOffset() - 1, config.indexIntervalBytes());
    if (header == null) {
      return false;
    }
    int latest = RecordBatch.partitionLeaderEpoch(header, 0);
    boolean wrong = epochs.latestEpoch() > latest || (complete && epochs.latestEpoch() < latest);
    if (wrong && epochs.latestEpoch() != LeaderEpochCache.NO_EPOCH) {
      LOG.log(
          Level.WARNING,
          "{0} ends in leader epoch {1}, but the log in {2}: rebuilt from the log",
          directory.resolve(LogFiles.LEADER_EPOCHS),
          epochs.latestEpoch(),
          latest);
    }
    return wrong;
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
