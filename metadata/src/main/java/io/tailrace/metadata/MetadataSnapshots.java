package io.tailrace.metadata;

import io.tailrace.env.Disk;
import io.tailrace.env.Disk.OpenMode;
import io.tailrace.env.DiskFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The snapshots in the metadata log's folder: images of the cluster, from which a start goes on
 * reading the log. For one thread at a time.
 *
 * <p>What a crash leaves: a snapshot is there wholly, under its name, or not at all; one that has
 * been deleted may be back.
 */
final class MetadataSnapshots {
  /** The newest, and one more for the case that the newest can't be read. */
  private static final int KEPT = 2;

  private final Disk disk;
  private final Path folder;

  MetadataSnapshots(Disk disk, Path folder) {
    this.disk = disk;
    this.folder = folder;
  }

  /**
   * A snapshot that can't be used.
   *
   * @param what is the matter with it
   */
  record Damaged(Path file, String what) {
    @Override
    public String toString() {
      return "the snapshot " + file + " can't be used: " + what;
    }
  }

  /**
   * What a start reads.
   *
   * @param image of the newest snapshot that can be used; the empty one if there is none
   * @param sizeInBytes of that snapshot's file
   * @param damaged those that are newer
   * @param end offset up to which some snapshot goes, be it damaged
   */
  record Newest(ClusterImage image, long sizeInBytes, List<Damaged> damaged, long end) {

    /**
     * Checks that a log goes on where the snapshot ends.
     *
     * @throws MetadataRecordException if there are records missing
     */
    void checkComplete(long logStart, long logEnd) {
      if (logStart > image.nextOffset()) {
        throw new MetadataRecordException(
            "the log starts at offset " + logStart + " only" + explained());
      }
      if (logEnd < end) {
        throw new MetadataRecordException(
            "the log ends at offset %d, but there is a snapshot of offset %d"
                .formatted(logEnd, end));
      }
    }

    private String explained() {
      StringBuilder text = new StringBuilder();
      for (Damaged snapshot : damaged) {
        text.append(", and ").append(snapshot);
      }
      return text.toString();
    }
  }

  /**
   * Reads the newest snapshot that can be read.
   *
   * @throws IOException if the folder can't be listed
   */
  Newest newest(ClusterImage empty) throws IOException {
    List<SnapshotName> names = names();
    long end = names.isEmpty() ? 0 : names.getLast().endOffset();
    List<Damaged> damaged = new ArrayList<>();
    for (SnapshotName name : names.reversed()) {
      Path file = name.in(folder);
      try {
        ClusterImage image = SnapshotReader.read(disk, file, name, empty);
        return new Newest(image, disk.size(file), damaged, end);
      } catch (MetadataRecordException | IOException e) {
        damaged.add(new Damaged(file, String.valueOf(e.getMessage())));
      }
    }
    return new Newest(empty, 0, damaged, end);
  }

  /** The oldest first. */
  private List<SnapshotName> names() throws IOException {
    List<SnapshotName> names = new ArrayList<>();
    for (Path file : disk.list(folder)) {
      SnapshotName name = SnapshotName.of(file);
      if (name != null) {
        names.add(name);
      }
    }
    return names;
  }

  /**
   * Writes a snapshot; durable when this returns.
   *
   * @param timestamp wall-clock time in ms of the last record that the image holds
   * @return its size in bytes
   */
  long write(ClusterImage image, int epoch, long timestamp) throws IOException {
    Path file = new SnapshotName(image.nextOffset(), epoch).in(folder);
    // What a crash leaves of it goes at the next start, as all of the log's files of this ending.
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      long size;
      try (DiskFile target = disk.open(temporary, OpenMode.CREATE)) {
        target.truncate(0);
        size = SnapshotWriter.write(target, image, epoch, timestamp);
      }
      disk.rename(temporary, file);
      disk.syncDirectory(folder);
      return size;
    } catch (IOException e) {
      discard(temporary, e);
      throw e;
    }
  }

  /** On a full disk it takes the room that others need. */
  private void discard(Path temporary, IOException cause) {
    try {
      if (disk.exists(temporary)) {
        disk.delete(temporary);
      }
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /**
   * Deletes those that are no longer needed.
   *
   * @return the end offset of the oldest of those that are kept, if there are as many as there
   *     should be: the log is not needed before it; else 0
   */
  long deleteOld() throws IOException {
    List<SnapshotName> names = names();
    int surplus = names.size() - KEPT;
    for (SnapshotName old : names.subList(0, Math.max(0, surplus))) {
      disk.delete(old.in(folder));
    }
    return surplus < 0 ? 0 : names.get(surplus).endOffset();
  }

  /** Deletes what can't be used anyway; those that are gone already are no fault. */
  void delete(List<Damaged> damaged) throws IOException {
    for (Damaged snapshot : damaged) {
      if (disk.exists(snapshot.file())) {
        disk.delete(snapshot.file());
      }
    }
  }
}
