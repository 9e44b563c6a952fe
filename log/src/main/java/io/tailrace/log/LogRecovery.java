package io.tailrace.log;

import io.tailrace.env.Disk.OpenMode;
import io.tailrace.env.DiskFile;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Checks the segments of a log that was not closed in order, from the one that holds the recovery
 * point on, and mends what a crash can have done to them, as {@link Tail} says.
 */
final class LogRecovery {
  private static final Logger LOG = System.getLogger(LogRecovery.class.getName());
  private static final int COPY_BUFFER = 1 << 20;

  private final LogContext context;
  private final Path directory;
  private final LogConfig config;
  private long checkedFrom = Long.MAX_VALUE;

  LogRecovery(LogContext context, Path directory, LogConfig config) {
    this.context = context;
    this.directory = directory;
    this.config = config;
  }

  /** The offset from which on all batches have been checked. */
  long checkedFrom() {
    return checkedFrom;
  }

  /**
   * The log's segments after recovery, all synced; files of others are put aside. What was found is
   * synced, because what an earlier process cut off could come back otherwise, after a power loss,
   * behind what is written now.
   */
  LogSegment[] recover(LogSegment[] segments, long recoveryPoint)
      throws IOException, LogOfflineException {
    int first = segments.length - 1;
    while (first > 0 && segments[first].baseOffset() > recoveryPoint) {
      first--;
    }
    checkedFrom = segments[first].baseOffset();
    LogSegment[] kept = segments;
    boolean mended = false;
    for (int i = first; i < segments.length && !mended; i++) {
      long nextBase = i + 1 < segments.length ? segments[i + 1].baseOffset() : -1;
      mended = mend(segments[i], nextBase, recoveryPoint) != Tail.WHOLE;
      if (mended) {
        putAside(segments, i + 1);
        kept = Arrays.copyOf(segments, i + 1);
      }
    }
    if (mended || kept[kept.length - 1].nextOffset() != recoveryPoint) {
      for (int i = first; i < kept.length; i++) {
        kept[i].sync();
      }
      LogFiles.syncNames(context.disk(), directory);
    }
    return kept;
  }

  private Tail mend(LogSegment segment, long nextBase, long recoveryPoint)
      throws IOException, LogOfflineException {
    SegmentRecovery.Found found = SegmentRecovery.scan(segment, config.indexIntervalBytes());
    boolean isShort = found.tail() == Tail.WHOLE && found.nextOffset() < nextBase;
    Tail tail = isShort ? Tail.SHORT : found.tail();
    if (tail == Tail.CORRUPT) {
      throw corrupt(segment, found, "valid batches follow");
    }
    if (tail != Tail.WHOLE && found.nextOffset() < recoveryPoint) {
      throw corrupt(segment, found, "all below offset " + recoveryPoint + " had been synced");
    }
    if (tail == Tail.LOST_PAGES) {
      copyAside(segment, found.validSize());
    }
    int cut = segment.size() - found.validSize();
    segment.recovered(found.index(), found.nextOffset(), found.validSize());
    if (segment.baseOffset() > 0) {
      // Which the process that died may have reserved when it made the file ahead.
      segment.giveBackRoom();
    }
    if (tail != Tail.WHOLE) {
      LOG.log(
          Level.WARNING,
          "{0}: the log now ends at position {1}, offset {2} ({3}, {4} bytes cut off)",
          segment.path(),
          found.validSize(),
          found.nextOffset(),
          tail,
          cut);
    }
    return tail;
  }

  private LogOfflineException corrupt(
      LogSegment segment, SegmentRecovery.Found found, String evidence) {
    return new LogOfflineException(
        ("%s is corrupt at position %d (offset %d), and %s, so this is no crash's doing; nothing"
                + " has been changed. Restore the file from a replica or a backup")
            .formatted(segment.path(), found.validSize(), found.nextOffset(), evidence),
        null);
  }

  /** Segments behind a cut may hold good batches, which nobody was promised: kept for a human. */
  private void putAside(LogSegment[] segments, int from) throws IOException {
    for (int i = segments.length - 1; i >= from; i--) {
      LogSegment segment = segments[i];
      segment.close();
      if (segment.size() > 0) {
        context.disk().rename(segment.path(), aside(segment.path(), 0));
      }
      segment.delete();
    }
  }

  private void copyAside(LogSegment segment, int from) throws IOException {
    DiskFile source = segment.acquire();
    try (DiskFile target = context.disk().open(aside(segment.path(), from), OpenMode.CREATE)) {
      target.truncate(0);
      ByteBuffer buffer = ByteBuffer.allocate(COPY_BUFFER);
      for (int at = from; at < segment.size(); at += buffer.limit()) {
        buffer.clear().limit(Math.min(COPY_BUFFER, segment.size() - at));
        source.readFully(buffer, at);
        target.write(buffer.flip(), at - from);
      }
      target.sync();
    } finally {
      segment.release();
    }
  }

  private static Path aside(Path segment, int position) {
    return segment.resolveSibling(
        LogFiles.name(segment) + ".position-" + position + ".quarantined");
  }
}
