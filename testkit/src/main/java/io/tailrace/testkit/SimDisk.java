package io.tailrace.testkit;

import io.tailrace.env.Disk;
import io.tailrace.env.DiskFile;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory, with a page cache that can be lost.
 *
 * <p>The fault model: {@link #kill} is the death of the process, and keeps every completed call.
 * {@link #crash} is a power loss: of unsynced pages any part is there, in any of the states that
 * they had since the last sync ({@link SimFile}); of unsynced names, what {@link Names} says. A
 * {@link DiskFault.Plan} makes chosen calls fail. {@link #setCapacity} makes it full. Files that
 * are open when the process dies are dead; the disk goes on with the next process.
 *
 * <p>Safe for use by many threads; every call is one atomic step.
 */
public final class SimDisk implements Disk {

  /** Which of the unsynced changes of a folder's names a device has. */
  public enum Names {
    /** The first few, as they come out of the journal of ext4, XFS and the like. */
    JOURNALLED,
    /** Any; of each name the first few. More is not promised by POSIX. */
    ANY
  }

  private SimDirectory root;
  private final Set<Path> locks = new HashSet<>();
  private long capacity = Long.MAX_VALUE;
  private long calls;
  private long life;
  private int openFiles;
  private DiskFault.@Nullable Plan plan;
  private final LongSupplier wallMs;

  /** All files were last changed at 0. */
  public SimDisk() {
    this(() -> 0);
  }

  /**
   * @param wallMs the time of changes, in ms since the epoch
   */
  public SimDisk(LongSupplier wallMs) {
    this(new SimDirectory(), wallMs);
  }

  private SimDisk(SimDirectory root, LongSupplier wallMs) {
    this.root = root;
    this.wallMs = wallMs;
  }

  /** The process dies: nothing is lost, but all it held open is gone. */
  public synchronized void kill() {
    life++;
    openFiles = 0;
    locks.clear();
    plan = null;
  }

  /** The power fails: what was not synced may be there or not, as the seed has it. */
  public synchronized void crash(long seed) {
    kill();
    root = root.left(new SplittableRandom(seed), Names.JOURNALLED);
  }

  /** What would be left if the power failed now: a disk of its own. This one goes on. */
  public synchronized SimDisk afterPowerLoss(long seed, Names names) {
    return new SimDisk(root.left(new SplittableRandom(seed), names), wallMs);
  }

  /** From now on the plan decides over each call; null ends it. */
  public synchronized void setFaults(DiskFault.@Nullable Plan newPlan) {
    plan = newPlan;
  }

  /** Fails the {@code k}-th call from now, and only that one. */
  public synchronized void failCall(long k, DiskFault fault) {
    long failing = calls + k;
    plan = (number, operation, path) -> number == failing ? fault : null;
  }

  /** Fails all calls from the {@code k}-th from now on. */
  public synchronized void failFrom(long k, DiskFault fault) {
    long first = calls + k;
    plan = (number, operation, path) -> number >= first ? fault : null;
  }

  /** Calls made so far. */
  public synchronized long calls() {
    return calls;
  }

  /** Files open at the moment. */
  public synchronized int openFiles() {
    return openFiles;
  }

  /** How many bytes all files together may have. */
  public synchronized void setCapacity(long bytes) {
    capacity = bytes;
  }

  /** Bytes that are reserved behind the ends of files ({@code DiskFile.preallocate}). */
  public synchronized long reservedBytes() {
    return sum(root, file -> file.room() - file.length());
  }

  // ---- Disk

  @Override
  public synchronized DiskFile open(Path file, OpenMode mode) throws IOException {
    SimNode node = find(file);
    fail("open", file, node == null && mode == OpenMode.CREATE);
    if (node instanceof SimDirectory || (node == null && mode != OpenMode.CREATE)) {
      throw new NoSuchFileException(file.toString());
    }
    if (node == null) {
      SimFile made = new SimFile();
      made.changedAt(nowMs());
      node = made;
      parent(file).put(name(file), node);
    }
    openFiles++;
    return new SimDiskFile(this, file, (SimFile) node, mode != OpenMode.READ, life);
  }

  @Override
  public synchronized boolean exists(Path path) throws IOException {
    fail("exists", path);
    return find(path) != null;
  }

  @Override
  public synchronized boolean isDirectory(Path path) throws IOException {
    fail("isDirectory", path);
    return find(path) instanceof SimDirectory;
  }

  @Override
  public synchronized long size(Path file) throws IOException {
    fail("size", file);
    return file(file).length();
  }

  @Override
  public synchronized long lastModifiedMs(Path file) throws IOException {
    fail("lastModifiedMs", file);
    return file(file).modifiedMs();
  }

  @Override
  public synchronized List<Path> list(Path directory) throws IOException {
    fail("list", directory);
    return directory(directory).entries.keySet().stream().map(directory::resolve).toList();
  }

  @Override
  public synchronized void createDirectories(Path directory) throws IOException {
    fail("createDirectories", directory, true);
    SimDirectory at = root;
    for (Path part : directory.toAbsolutePath()) {
      SimNode next = at.entries.get(part.toString());
      if (next instanceof SimFile) {
        throw new NotDirectoryException(directory.toString());
      }
      if (next == null) {
        next = new SimDirectory();
        at.put(part.toString(), next);
      }
      at = (SimDirectory) next;
    }
  }

  @Override
  public synchronized void rename(Path from, Path to) throws IOException {
    fail("rename", from, true);
    SimNode node = find(from);
    if (node == null) {
      throw new NoSuchFileException(from.toString());
    }
    if (find(to) instanceof SimDirectory) {
      throw new DirectoryNotEmptyException(to.toString());
    }
    SimDirectory source = parent(from);
    SimDirectory target = parent(to);
    if (source == target) {
      source.rename(name(from), name(to), node);
    } else {
      source.remove(name(from));
      target.put(name(to), node);
    }
  }

  @Override
  public synchronized void delete(Path path) throws IOException {
    fail("delete", path);
    SimNode node = find(path);
    if (node == null) {
      throw new NoSuchFileException(path.toString());
    }
    if (node instanceof SimDirectory directory && !directory.entries.isEmpty()) {
      throw new DirectoryNotEmptyException(path.toString());
    }
    parent(path).remove(name(path));
  }

  @Override
  public synchronized void syncDirectory(Path directory) throws IOException {
    fail("syncDirectory", directory);
    directory(directory).sync();
  }

  @Override
  public synchronized long usableBytes(Path path) {
    return capacity - sum(root, SimFile::room);
  }

  @Override
  public synchronized long totalBytes(Path path) {
    return capacity;
  }

  @Override
  public synchronized @Nullable AutoCloseableLock lock(Path file) throws IOException {
    fail("lock", file);
    if (!locks.add(file)) {
      return null;
    }
    if (find(file) == null) {
      parent(file).put(name(file), new SimFile());
    }
    long born = life;
    return () -> {
      synchronized (this) {
        if (born == life) {
          locks.remove(file);
        }
      }
    };
  }

  // ---- for SimDiskFile

  long nowMs() {
    return wallMs.getAsLong();
  }

  long life() {
    return life;
  }

  void closed(long bornIn) {
    if (bornIn == life) {
      openFiles--;
    }
  }

  private void fail(String operation, Path path) throws IOException {
    fail(operation, path, false);
  }

  private void fail(String operation, Path path, boolean takesRoom) throws IOException {
    DiskFault fault = nextFault(operation, path);
    if (fault != null && (takesRoom || fault != DiskFault.NO_SPACE)) {
      throw fault.error(path);
    }
  }

  /** Counts a call to an open file, and does to it what the plan says. */
  void failOpen(String operation, Path path) throws IOException {
    DiskFault fault = nextFault(operation, path);
    if (fault != null && fault != DiskFault.NO_SPACE) {
      throw fault.error();
    }
  }

  @Nullable DiskFault nextFault(String operation, Path path) {
    calls++;
    return plan == null ? null : plan.at(calls, operation, path);
  }

  // ---- the tree

  private static long sum(SimDirectory directory, ToLongFunction<SimFile> ofFile) {
    long sum = 0;
    for (SimNode node : directory.entries.values()) {
      sum +=
          switch (node) {
            case SimFile file -> ofFile.applyAsLong(file);
            case SimDirectory child -> sum(child, ofFile);
          };
    }
    return sum;
  }

  private @Nullable SimNode find(Path path) {
    SimNode at = root;
    for (Path part : path.toAbsolutePath()) {
      at = at instanceof SimDirectory directory ? directory.entries.get(part.toString()) : null;
      if (at == null) {
        return null;
      }
    }
    return at;
  }

  private SimFile file(Path path) throws IOException {
    if (find(path) instanceof SimFile file) {
      return file;
    }
    throw new NoSuchFileException(path.toString());
  }

  private SimDirectory directory(Path path) throws IOException {
    if (find(path) instanceof SimDirectory directory) {
      return directory;
    }
    throw new NoSuchFileException(path.toString());
  }

  private SimDirectory parent(Path path) throws IOException {
    Path parent = path.toAbsolutePath().getParent();
    return parent == null ? root : directory(parent);
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }
}
