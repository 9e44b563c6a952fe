package io.tailrace.log;

import io.tailrace.env.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What a data directory knows of its logs from one start to the next: the four offset checkpoints
 * and the clean-shutdown marker. Safe for use by many threads.
 */
final class LogCheckpoints {
  static final String MARKER = ".kafka_cleanshutdown";

  /** As Kafka writes it; without the broker epoch, which only a cluster has. */
  private static final String MARKER_CONTENT = "{\"version\":0,\"brokerEpoch\":-1}";

  private final Disk disk;
  private final Path directory;
  private final boolean cleanStart;

  /** What the files say, save those that are outdated. By name of the log; guarded by this. */
  private final Map<String, SavedOffsets> saved = new HashMap<>();

  private final Set<OffsetCheckpoint> outdated = EnumSet.noneOf(OffsetCheckpoint.class);

  /** A write has failed, or a read: the files may say what {@link #saved} does not. */
  private boolean unsure;

  /** Takes the marker away: from now on a crash is a crash. */
  LogCheckpoints(Disk disk, Path directory) throws IOException {
    this.disk = disk;
    this.directory = directory;
    for (OffsetCheckpoint file : OffsetCheckpoint.values()) {
      if (!file.read(disk, directory, saved)) {
        outdated.add(file);
        // If the next start can read it, it must not find what this one has done without.
        unsure |= disk.exists(directory.resolve(file.file()));
      }
    }
    this.cleanStart = disk.exists(directory.resolve(MARKER));
    if (cleanStart) {
      disk.delete(directory.resolve(MARKER));
      disk.syncDirectory(directory);
    }
  }

  boolean cleanStart() {
    return cleanStart;
  }

  /** Whether the last to close the directory in order has left a log of this name. */
  synchronized boolean isAsLeft(String name) {
    return cleanStart && saved.containsKey(name);
  }

  /** Where a log ended when it was closed in order: all of it was synced then. */
  synchronized long endAsLeft(String name) {
    SavedOffsets found = cleanStart ? saved.get(name) : null;
    return found == null ? StartHints.UNKNOWN : found.recoveryPoint();
  }

  synchronized StartHints hints(String name) {
    SavedOffsets found = saved.getOrDefault(name, SavedOffsets.unknown(name));
    return new StartHints(
        cleanStart,
        found.recoveryPoint(),
        found.logStart(),
        found.highWatermark(),
        found.cleaned());
  }

  /** Whether a file may tell of a log: of an earlier one, if a log of that name is made anew. */
  synchronized boolean knows(String name) {
    return unsure || saved.containsKey(name);
  }

  /** The String that stands for this name here, so that it need not be kept twice. */
  synchronized String canonical(String name) {
    SavedOffsets found = saved.get(name);
    return found == null ? name : found.name();
  }

  /**
   * Lets the files durably say no more than this, before the log gives offsets behind it away
   * again. A recovery point that is too high would make recovery trust bytes that it must look at;
   * a log start that is too high would hide records written since.
   */
  synchronized void lower(String name, long recoveryPoint, long logStart) throws IOException {
    SavedOffsets before = saved.getOrDefault(name, SavedOffsets.unknown(name));
    boolean tooHigh =
        before.recoveryPoint() > recoveryPoint
            || before.logStart() > logStart
            || before.cleaned() > recoveryPoint;
    if (tooHigh) {
      change(
          new SavedOffsets(
              before.name(),
              Math.min(before.recoveryPoint(), recoveryPoint),
              Math.min(before.logStart(), logStart),
              before.highWatermark(),
              Math.min(before.cleaned(), recoveryPoint)));
    }
    if (tooHigh || unsure) {
      write();
    }
  }

  /** Takes note of a log's start; {@link #saveStarts} makes it durable. */
  synchronized void noteStart(String name, long logStart) {
    SavedOffsets before = saved.getOrDefault(name, SavedOffsets.unknown(name));
    change(
        new SavedOffsets(
            before.name(),
            before.recoveryPoint(),
            logStart,
            before.highWatermark(),
            before.cleaned()));
  }

  /** Takes note of a log that is closed in order while the directory stays in use. */
  synchronized void noteClosed(String name, PartitionLog log) {
    change(SavedOffsets.of(canonical(name), log));
  }

  /** Makes all starts noted so far durable: of callers at the same time mostly one writes. */
  synchronized void saveStarts() throws IOException {
    if (unsure || outdated.contains(OffsetCheckpoint.LOG_STARTS)) {
      write();
    }
  }

  /** Writes how far a log is synced: behind that point recovery takes a gap for damage. */
  synchronized void saveRecoveryPoint(String name, long offset) throws IOException {
    SavedOffsets before = saved.getOrDefault(name, SavedOffsets.unknown(canonical(name)));
    if (before.recoveryPoint() < offset) {
      change(
          new SavedOffsets(
              before.name(), offset, before.logStart(), before.highWatermark(), before.cleaned()));
      write();
    }
  }

  /** Where a log that is not open has been compacted up to; unknown if never. */
  synchronized long cleaned(String name) {
    return hints(name).cleaned();
  }

  /** Writes how far a log has been compacted. */
  synchronized void saveCleaned(String name, long offset) throws IOException {
    SavedOffsets before = saved.getOrDefault(name, SavedOffsets.unknown(canonical(name)));
    saved.put(before.name(), OffsetCheckpoint.CLEANED.with(before, offset));
    outdated.add(OffsetCheckpoint.CLEANED);
    OffsetCheckpoint.CLEANED.write(disk, directory, saved);
    outdated.remove(OffsetCheckpoint.CLEANED);
  }

  /** Writes the offsets of open logs; those of others, that still exist, stay as they were. */
  synchronized void save(Map<String, PartitionLog> open, Set<String> existing) throws IOException {
    if (saved.keySet().retainAll(existing)) {
      outdated.addAll(EnumSet.allOf(OffsetCheckpoint.class));
    }
    open.forEach((name, log) -> {
      if (existing.contains(name)) {
        change(SavedOffsets.of(canonical(name), log));
      }
    });
    write();
  }

  private void change(SavedOffsets now) {
    SavedOffsets before = saved.put(now.name(), now);
    for (OffsetCheckpoint file : OffsetCheckpoint.values()) {
      if (before == null || file.offset(before) != file.offset(now)) {
        outdated.add(file);
      }
    }
  }

  private void write() throws IOException {
    unsure = true;
    for (OffsetCheckpoint file : OffsetCheckpoint.values()) {
      if (outdated.contains(file)) {
        file.write(disk, directory, saved);
        outdated.remove(file);
      }
    }
    unsure = false;
  }

  /** All logs are closed in order, and the offsets saved. */
  void markClean() throws IOException {
    disk.replace(directory.resolve(MARKER), MARKER_CONTENT.getBytes(StandardCharsets.UTF_8));
  }
}
