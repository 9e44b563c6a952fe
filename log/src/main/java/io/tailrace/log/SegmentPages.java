package io.tailrace.log;

import io.tailrace.env.DiskFile;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which bytes of a segment can be read without waiting for the disk, and the work of those who wait
 * instead: {@link #warming} and {@link #scanWork} are tasks for another thread, which hold the file
 * until they have run, so each must be run once. Safe for use by many threads.
 */
final class SegmentPages {
  private static final Logger LOG = System.getLogger(SegmentPages.class.getName());

  /** The tail that counts as cached without a system call, if it was written lately. */
  static final int TAIL_BYTES = 1 << 20;

  private final LogSegment segment;

  /** Appended since the last {@link #tick} but one. */
  private volatile int writtenLately = Integer.MAX_VALUE;

  private volatile int sizeAtTick = Integer.MAX_VALUE;
  private volatile @Nullable WarmedPages warmed;

  SegmentPages(LogSegment segment) {
    this.segment = segment;
  }

  /** What is written from here on is known to be cached for some time. */
  synchronized void writtenFrom(int size) {
    writtenLately = Math.min(writtenLately, size);
    sizeAtTick = Math.min(sizeAtTick, size);
    warmed = null;
  }

  private boolean isTail(int position) {
    return position >= writtenLately && position >= segment.size() - TAIL_BYTES;
  }

  /** Costs a microsecond or two, nothing for the tail. */
  boolean isCached(DiskFile file, int position, int length) {
    if (isTail(position) || file.isCached(position, length)) {
      return true;
    }
    WarmedPages pages = warmed;
    return pages != null && pages.assumes(position, position + length);
  }

  /** Fills a buffer from {@code position} on if the bytes are {@link #isCached}. */
  boolean readIfCached(DiskFile file, ByteBuffer target, int position) throws IOException {
    WarmedPages pages = warmed;
    int end = position + target.remaining();
    if (!isTail(position) && file.readIfCached(target, position)) {
      return true;
    }
    if (isTail(position) || (pages != null && pages.assumes(position, end))) {
      file.readFully(target, position);
      return true;
    }
    return false;
  }

  /** Brings a range into the cache, unless it is no longer wanted when its turn has come. */
  Runnable warming(DiskFile file, int position, int length, BooleanSupplier wanted) {
    WarmedPages pages = warmed();
    return held(() -> {
      if (wanted.getAsBoolean()) {
        pages.warm(file, position, position + length, segment.size());
      }
    });
  }

  private WarmedPages warmed() {
    WarmedPages pages = warmed;
    return pages == null ? makeWarmed() : pages;
  }

  private synchronized WarmedPages makeWarmed() {
    WarmedPages pages = warmed;
    if (pages == null) {
      pages = new WarmedPages();
      warmed = pages;
    }
    return pages;
  }

  /**
   * What there is to do beside the sending of a range: where it is part of a scan through cold
   * data, reading ahead of it and dropping behind it.
   *
   * @return null for nothing, as it is anywhere else
   */
  @Nullable Runnable scanWork(DiskFile file, int position, int length, BooleanSupplier wanted) {
    WarmedPages pages = warmed;
    if (pages == null || isTail(position)) {
      return null;
    }
    int end = position + length;
    int size = segment.size();
    boolean drops = pages.pass(position, end, size);
    int ahead = pages.claimAhead(position, end, size);
    if (!drops && ahead < 0) {
      return null;
    }
    return held(() -> {
      if (ahead >= 0 && wanted.getAsBoolean()) {
        pages.warm(file, ahead, WarmedPages.aheadEnd(end, size), size);
      }
      if (drops) {
        pages.dropBelow(file, end >= size ? position : position - WarmedPages.LAG);
      }
    });
  }

  private interface DiskTask {
    void run() throws IOException;
  }

  private Runnable held(DiskTask task) {
    segment.retain();
    return () -> {
      try {
        task.run();
      } catch (IOException e) {
        // Whoever reads the bytes will meet it, too, and knows whom to tell.
        LOG.log(Level.DEBUG, "warming " + segment.path() + " failed", e);
      } finally {
        segment.release();
      }
    };
  }

  /** Called by one thread now and then: what was written or warmed long ago may be gone again. */
  synchronized void tick() {
    writtenLately = sizeAtTick;
    sizeAtTick = segment.size();
    WarmedPages pages = warmed;
    if (pages != null && !pages.tick()) {
      warmed = null;
    }
  }
}
