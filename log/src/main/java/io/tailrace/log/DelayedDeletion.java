package io.tailrace.log;

import io.tailrace.env.Disk;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * Files and folders that have no use any more, under names that say so, and leave the disk when
 * their delay is over ({@code file.delete.delay.ms}), or at the next look if the disk is full. Any
 * thread adds; one, that may wait for the disk, deletes.
 *
 * <p>A crash or a stop forgets the delay, but not the names: what ends in {@code .deleted} is added
 * again when its log is opened, a folder in {@code -delete} at the next start.
 */
final class DelayedDeletion {
  private static final Logger LOG = System.getLogger(DelayedDeletion.class.getName());
  private static final long LONGEST_NS = Long.MAX_VALUE / 2;

  private final Disk disk;
  private final Queue<Doomed> added = new ConcurrentLinkedQueue<>();
  private volatile boolean hastened;

  /** Guarded by this. */
  private final PriorityQueue<Waiting> waiting =
      new PriorityQueue<>(Comparator.comparing(Waiting::dueNs, (a, b) -> Long.signum(a - b)));

  private record Doomed(Path path, long delayMs) {}

  private record Waiting(Path path, long dueNs) {}

  DelayedDeletion(Disk disk) {
    this.disk = disk;
  }

  /** Takes a file that bears its last name, or a folder. The delay begins with the next look. */
  void add(Path path, long delayMs) {
    added.add(new Doomed(path, delayMs));
  }

  /** Gives a file its last name and adds it; nothing happens if it is not there. */
  void rename(Path file, long delayMs) throws IOException {
    Path doomed = file.resolveSibling(LogFiles.name(file) + LogFiles.DELETED);
    try {
      disk.rename(file, doomed);
      add(doomed, delayMs);
    } catch (NoSuchFileException e) {
      // never written
    }
  }

  /** The disk is full: the next look deletes all there is. */
  void hasten() {
    hastened = true;
  }

  /** Deletes what is due. */
  synchronized void deleteDue(long nowNs) {
    boolean all = hastened;
    hastened = false;
    for (Doomed next = added.poll(); next != null; next = added.poll()) {
      long delayNs = Math.min(LONGEST_NS, TimeUnit.MILLISECONDS.toNanos(next.delayMs()));
      waiting.add(new Waiting(next.path(), nowNs + delayNs));
    }
    for (Waiting next = waiting.peek();
        next != null && (all || next.dueNs() - nowNs <= 0);
        next = waiting.peek()) {
      waiting.remove();
      delete(next.path());
    }
  }

  private void delete(Path path) {
    try {
      disk.deleteRecursively(path);
    } catch (NoSuchFileException e) {
      // Its log has been deleted meanwhile, and so its folder renamed.
    } catch (IOException e) {
      LOG.log(Level.WARNING, "{0} is left for the next start to delete: {1}", path, e.getMessage());
    }
  }
}
