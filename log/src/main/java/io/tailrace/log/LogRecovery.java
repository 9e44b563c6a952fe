package io.tailrace.log;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks the segments of a log that was not closed in order, from the one that holds the recovery
 * point on, and mends what a crash can have done to them, as {@link Tail} says. What else is
 * damaged goes into {@link Quarantine}, and the log goes on without it.
 *
 * <p>A crash in the middle leaves what the next recovery finds and mends in the same way.
 */
final class LogRecovery {
  private static final Logger LOG = System.getLogger(LogRecovery.class.getName());

  private final LogContext context;
  private final Path directory;
  private final LogConfig config;
  private final LoadRules rules;
  private final SegmentSurgery surgery;
  private final long cleaned;
  private Quarantine quarantine;
  private long checkedFrom = Long.MAX_VALUE;
  private boolean mended;

  /**
   * @param cleaned what lies below may have gaps
   */
  LogRecovery(
      LogContext context,
      Path directory,
      LogConfig config,
      LoadRules rules,
      Quarantine quarantine,
      long cleaned) {
    this.context = context;
    this.directory = directory;
    this.config = config;
    this.rules = rules;
    this.surgery = new SegmentSurgery(context.disk(), directory);
    this.quarantine = quarantine;
    this.cleaned = cleaned;
  }

  /** The offset from which on all batches have been checked. */
  long checkedFrom() {
    return checkedFrom;
  }

  /** Whether all that is left has been synced, because something had to be mended. */
  boolean isSynced() {
    return mended;
  }

  /** What is missing of the log, also from before. */
  Quarantine quarantine() {
    return quarantine;
  }

  /**
   * The log's segments after recovery; files of others are put aside. If anything was mended, all
   * are synced, because what was cut off could come back otherwise, after a power loss, behind what
   * is written now.
   *
   * @throws LogOfflineException if there is damage that no crash has done, in a log of which
   *     nothing may be taken out: nothing has been changed then
   */
  LogSegment[] recover(LogSegment[] segments, long recoveryPoint)
      throws IOException, LogOfflineException {
    int first = rules.thorough() ? 0 : firstToCheck(segments, recoveryPoint);
    checkedFrom = segments[first].baseOffset();
    List<LogSegment> kept = new ArrayList<>(List.of(segments).subList(0, first));
    int epoch = LeaderEpochCache.NO_EPOCH;
    Tail tail = Tail.WHOLE;
    for (int i = first; i < segments.length && tail == Tail.WHOLE; i++) {
      SegmentSurroundings around = around(segments, i, recoveryPoint, epoch);
      Checked checked = check(segments[i], around);
      kept.add(checked.segment());
      epoch = checked.epoch();
      tail = checked.tail();
      if (tail != Tail.WHOLE) {
        putAside(segments, i + 1);
      }
    }
    endBehindQuarantine(kept, tail);
    if (mended) {
      for (LogSegment segment : kept.subList(first, kept.size())) {
        segment.sync();
      }
      LogFiles.syncNames(context.disk(), directory);
    }
    return kept.toArray(LogSegment[]::new);
  }

  private static int firstToCheck(LogSegment[] segments, long recoveryPoint) {
    int first = segments.length - 1;
    while (first > 0 && segments[first].baseOffset() > recoveryPoint) {
      first--;
    }
    return first;
  }

  private SegmentSurroundings around(LogSegment[] segments, int at, long recoveryPoint, int epoch)
      throws IOException {
    boolean last = at + 1 == segments.length;
    return new SegmentSurroundings(
        last ? SegmentSurroundings.NONE : segments[at + 1].baseOffset(),
        recoveryPoint,
        epoch,
        last ? LeaderEpochCache.NO_EPOCH : SegmentRecovery.firstEpoch(segments[at + 1]),
        quarantine,
        rules.progress()::read,
        SegmentSurroundings.BatchListener.NONE);
  }

  private record Checked(LogSegment segment, Tail tail, int epoch) {}

  private Checked check(LogSegment segment, SegmentSurroundings around)
      throws IOException, LogOfflineException {
    LogSegment now = segment;
    SegmentRecovery.Found found = rules.thorough() ? null : resume(now, around);
    if (found == null) {
      found = scan(now, around);
    }
    while (!found.damages().isEmpty()) {
      now = quarantine(now, found.damages());
      found = scan(now, around.with(quarantine));
    }
    for (SegmentRecovery.WrongEpoch wrong : found.wrongEpochs()) {
      surgery.mendEpoch(now, wrong);
      mended = true;
    }
    Tail tail = found.tail();
    if (tail == Tail.WHOLE && found.nextOffset() < around.nextBase()) {
      tail = gap(now, found.nextOffset(), around.nextBase(), around.recoveryPoint());
    }
    if (tail == Tail.LOST_PAGES) {
      surgery.copyAside(now, found.validSize());
    }
    settle(now, found, tail, around.recoveryPoint());
    return new Checked(now, tail, found.epoch());
  }

  private SegmentRecovery.@Nullable Found resume(LogSegment segment, SegmentSurroundings around)
      throws IOException {
    SegmentRecovery.Found found =
        SegmentRecovery.resume(segment, config.indexIntervalBytes(), around);
    if (found != null) {
      checkedFrom = found.from().offset();
    }
    return found;
  }

  private SegmentRecovery.Found scan(LogSegment segment, SegmentSurroundings around)
      throws IOException {
    return SegmentRecovery.scan(segment, config.indexIntervalBytes(), around);
  }

  private Tail gap(LogSegment segment, long from, long to, long recoveryPoint) {
    if (quarantine.covers(from, to)) {
      return Tail.WHOLE;
    }
    if (from >= Math.max(recoveryPoint, cleaned)) {
      return Tail.SHORT;
    }
    LOG.log(
        Level.WARNING,
        "{0} ends at offset {1}, and the next segment begins at {2}: compaction leaves such gaps;"
            + " if this topic was never compacted, restore the files that are missing between them",
        segment.path(),
        from,
        to);
    return Tail.WHOLE;
  }

  private void settle(
      LogSegment segment, SegmentRecovery.Found found, Tail tail, long recoveryPoint)
      throws IOException {
    int cut = segment.size() - found.validSize();
    // Where all is synced already, nobody will sync again what the last append left and took back.
    segment.recovered(found, found.validSize() > 0 && found.nextOffset() <= recoveryPoint);
    if (segment.baseOffset() > 0) {
      // Which the process that died may have reserved when it made the file ahead.
      segment.giveBackRoom();
    }
    if (tail != Tail.WHOLE) {
      mended = true;
      LOG.log(
          Level.WARNING,
          "{0}: the log now ends at position {1}, offset {2} ({3}, {4} bytes cut off)",
          segment.path(),
          found.validSize(),
          found.nextOffset(),
          tail,
          cut);
    }
  }

  /**
   * Takes damaged ranges out of a segment. In an order that a crash anywhere may cut short: what is
   * known of producers from batches that will be gone is forgotten first, the bytes are safe beside
   * the log before they leave it, and they leave it in one step.
   */
  private LogSegment quarantine(LogSegment segment, List<Damage> damages)
      throws IOException, LogOfflineException {
    if (rules.keptWhole()) {
      throw corrupt(segment, damages.getFirst());
    }
    mended = true;
    new LogReplay(context.disk(), directory).deleteSnapshotsAfter(damages.getFirst().from());
    surgery.takeOut(segment, damages);
    for (Damage damage : damages) {
      report(segment, damage);
    }
    quarantine = Quarantine.of(context.disk().list(directory));
    return LogSegment.existing(
        context.openFiles(),
        directory,
        segment.baseOffset(),
        (int) context.disk().size(segment.path()),
        segment.nextOffset());
  }

  private static void report(LogSegment segment, Damage damage) {
    String missing =
        damage.from() == damage.to()
            ? "no offset is missing for it"
            : ("offsets %d to %d are missing, and who reads them gets CORRUPT_MESSAGE until he goes"
                    + " on at %d; restore them from a backup if you can")
                .formatted(damage.from(), damage.to() - 1, damage.to());
    LOG.log(
        Level.ERROR,
        "{0} was damaged at position {1}: {2}. The {3} bytes are kept in {4}",
        segment.path(),
        damage.position(),
        missing,
        damage.sizeInBytes(),
        LogFiles.name(Quarantine.file(segment.path(), damage)));
  }

  private LogOfflineException corrupt(LogSegment segment, Damage damage) {
    return new LogOfflineException(
        ("%s is corrupt at position %d (offset %d), which is no crash's doing; nothing has been"
                + " changed. Restore the file from a replica or a backup")
            .formatted(segment.path(), damage.position(), damage.from()),
        null);
  }

  /** Segments behind a cut may hold good batches, which nobody was promised: kept for a human. */
  private void putAside(LogSegment[] segments, int from) throws IOException {
    for (int i = segments.length - 1; i >= from; i--) {
      LogSegment segment = segments[i];
      segment.close();
      if (segment.size() > 0) {
        surgery.renameAside(segment);
      }
      segment.delete();
    }
  }

  /** Offsets that were lost are not given away again. */
  private void endBehindQuarantine(List<LogSegment> kept, Tail tail) throws IOException {
    long end = kept.getLast().nextOffset();
    if (tail != Tail.WHOLE) {
      quarantine = quarantine.truncateTo(context.disk(), end);
    } else if (end < quarantine.end()) {
      LogSegment next = LogSegment.create(context.openFiles(), directory, quarantine.end());
      // The name is what tells the next start where the log ends.
      next.acquire();
      next.release();
      kept.add(next);
      mended = true;
    }
  }
}
