package io.tailrace.log;

import io.tailrace.env.Disk;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * What retention must know of a log that nobody has opened since it was closed in order, and which
 * so does not change: seen from outside, and kept, in place of opening 100,000 logs again and
 * again.
 *
 * @param bytes of all segments
 * @param oldestBytes of the oldest segment
 * @param oldestTimestamp its largest timestamp in ms; −1 if none is known
 * @param oldestModifiedMs when its file was last changed
 */
record IdleLog(long bytes, long oldestBytes, long oldestTimestamp, long oldestModifiedMs) {

  static IdleLog look(Disk disk, Path directory) throws IOException {
    long bytes = 0;
    long oldest = -1;
    try {
      for (Path file : disk.list(directory)) {
        long base = LogFiles.offset(file, LogFiles.LOG);
        if (base >= 0) {
          bytes += disk.size(file);
          oldest = oldest < 0 ? base : oldest;
        }
      }
      if (bytes > 0) {
        Path file = LogFiles.file(directory, oldest, LogFiles.LOG);
        Path times = LogFiles.file(directory, oldest, LogFiles.TIME_INDEX);
        long timestamp = TimeIndex.lastTimestamp(disk, times);
        return new IdleLog(bytes, disk.size(file), timestamp, disk.lastModifiedMs(file));
      }
    } catch (NoSuchFileException e) {
      // Deleted meanwhile.
    }
    return new IdleLog(0, 0, -1, 0);
  }

  /** Whether the oldest segment goes, as {@link LogRetention} has it. */
  boolean isDue(CleanupConfig cleanup, long wallMs) {
    if (bytes == 0) {
      return false;
    }
    long writtenMs =
        LogRetention.isPast(oldestTimestamp, wallMs) ? oldestTimestamp : oldestModifiedMs;
    boolean byTime = cleanup.retentionMs() >= 0 && wallMs - writtenMs > cleanup.retentionMs();
    boolean bySize =
        cleanup.retentionBytes() >= 0 && bytes - cleanup.retentionBytes() >= oldestBytes;
    return byTime || bySize;
  }
}
