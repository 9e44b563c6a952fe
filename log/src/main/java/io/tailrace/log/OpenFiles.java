package io.tailrace.log;

import io.tailrace.env.Disk;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps the number of open files near a cap, so that 100,000 partitions live with the default
 * descriptor limit. Which one to close is decided by second chance: a file used since it was last
 * looked at is passed over once. The cap is exceeded only while more files than that are in use at
 * the same moment. Safe for use by many threads; takes no lock while it holds another.
 */
final class OpenFiles {
  final Disk disk;
  private final int most;
  private final ConcurrentLinkedQueue<LogFile> open = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();

  OpenFiles(Disk disk, int most) {
    this.disk = disk;
    this.most = most;
  }

  /** Called without the file's lock. */
  void opened(LogFile file) {
    open.add(file);
    int looks = 2 * count.incrementAndGet();
    while (count.get() > most && looks-- > 0) {
      lookAtOldest();
    }
  }

  /** Closes all files that nobody has used since the last call. */
  void closeIdle() {
    for (int looks = count.get(); looks > 0; looks--) {
      lookAtOldest();
    }
  }

  private void lookAtOldest() {
    LogFile file = open.poll();
    if (file == null) {
      return;
    }
    if (file.closeUnlessUsed()) {
      count.decrementAndGet();
    } else {
      open.add(file);
    }
  }
}
