package io.tailrace.log;

import io.tailrace.env.DiskFile;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the disk working for a log that grows, a step at a time and on the background thread: so
 * that a roll, a flush or the kernel never meets a gigabyte of dirty pages. With each step it
 *
 * <ul>
 *   <li>begins to write back what was appended since the last one;
 *   <li>near the end of the segment, makes the file of the next, with room for its first step.
 * </ul>
 *
 * <p>Room ahead of the appends is not reserved: on ext4 that holds the file's lock while it reads
 * the disk's maps, and appends waited for it, up to 700 ms (docs/benchmarks.md, W8).
 *
 * <p>A log that grows by less than a step costs nothing. If the disk can't keep up, steps become
 * larger: at most one is waiting. All of it is hints: none concerns what survives a crash.
 */
final class PacedWriteback {
  private static final Logger LOG = System.getLogger(PacedWriteback.class.getName());

  /** Measured: 1 to 8 MB keep the backlog at 15 to 50 MB; a larger step costs fewer calls. */
  private static final int STEP = 8 << 20;

  /**
   * The page that the next append goes to is left alone: on some devices an append to a page that
   * is being written waits. No system has larger pages.
   */
  private static final int ALIGNMENT = 64 << 10;

  private final LogState state;
  private final SpareFile spare;

  /** Size of the active segment at the last step. Guarded by the append lock. */
  private int lastStep;

  /** The segment to work on; null if no task is waiting. Guarded by this, as the next. */
  private @Nullable LogSegment waiting;

  private int from;

  PacedWriteback(LogState state) {
    this.state = state;
    this.spare = new SpareFile(state.context.disk(), state.directory);
    this.lastStep = state.segments.active().size();
  }

  /** In bytes; a part of small segments, so that they are treated alike. */
  static int step(LogConfig config) {
    return Math.min(STEP, Math.max(1, config.segmentBytes() / 4));
  }

  /** After each append to the active segment, under the append lock. */
  void appended(LogSegment active, LogConfig config) {
    int size = active.size();
    if (size < lastStep) {
      // It is another segment, or was truncated.
      lastStep = 0;
    }
    if (size - lastStep >= step(config)) {
      if (enqueue(active, lastStep)) {
        state.context.background().execute(this::work);
      }
      lastStep = size;
    }
  }

  /** Returns whether that needs a task. */
  private synchronized boolean enqueue(LogSegment segment, int start) {
    boolean none = waiting == null;
    from = waiting == segment ? Math.min(from, start) : start;
    waiting = segment;
    return none;
  }

  private void work() {
    LogSegment segment;
    int start;
    synchronized (this) {
      segment = Objects.requireNonNull(waiting);
      start = from;
      waiting = null;
    }
    if (segment == state.segments.active()) {
      LogConfig config = state.config;
      try {
        writeBack(segment, start);
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "no hints about {0}: {1}", segment.path(), e.getMessage());
      }
      if (segment.size() >= config.segmentBytes() / 4 * 3) {
        spare.prepare(step(config));
      }
    }
  }

  private static void writeBack(LogSegment segment, int start) throws IOException {
    int first = start / ALIGNMENT * ALIGNMENT;
    int end = segment.size() / ALIGNMENT * ALIGNMENT;
    DiskFile file = segment.acquire();
    try {
      file.startWriteback(first, end - first);
    } finally {
      segment.release();
    }
  }

  /** See {@link SpareFile#take}; at a roll, under the append lock. */
  @Nullable DiskFile takeSpare(long baseOffset) {
    return spare.take(LogFiles.file(state.directory, baseOffset, LogFiles.LOG));
  }

  /** The log ends. */
  void end() {
    spare.discard();
  }
}
