package io.tailrace.metadata;

import io.tailrace.env.Disk;
import io.tailrace.log.LogFinding;
import io.tailrace.log.StoredBatches;
import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a start would make of a metadata log that nobody has open: the same records, applied in the
 * same way. Changes nothing. That its batches are whole is for {@code LogInspection} to say. For
 * one thread.
 */
public final class MetadataInspection {
  private final Disk disk;
  private final Path folder;
  private final List<LogFinding> findings = new ArrayList<>();
  private ClusterImage image;
  private Path segment;
  private int position = -1;
  private long logEnd;
  private @Nullable LogFinding refusal;

  private MetadataInspection(Disk disk, Path folder, ClusterImage empty) {
    this.disk = disk;
    this.folder = folder;
    this.image = empty;
    this.segment = folder;
  }

  /**
   * Looks at the metadata log in a data directory.
   *
   * @param others names of all the broker's other logs
   */
  public static MetadataInspection of(
      Disk disk, Path directory, String clusterId, Set<String> others) {
    MetadataInspection inspection =
        new MetadataInspection(
            disk, directory.resolve(MetadataLog.NAME), ClusterImage.empty(clusterId));
    inspection.look(others);
    return inspection;
  }

  /** Why a start refuses it; null if it does not. */
  public @Nullable LogFinding refusal() {
    return refusal;
  }

  /** What is wrong, or good to know, but does not keep a broker from starting. */
  public List<LogFinding> findings() {
    return findings;
  }

  /** What the log tells, if a start does not refuse it. */
  public ClusterImage image() {
    return image;
  }

  private void look(Set<String> others) {
    try {
      if (disk.isDirectory(folder)) {
        MetadataLog.checkNothingPutAside(folder, disk);
        MetadataSnapshots.Newest newest = new MetadataSnapshots(disk, folder).newest(image);
        newest.damaged().forEach(this::report);
        replay(newest);
      }
      if (refusal == null && image.nextOffset() == 0) {
        MetadataLog.checkAlone(folder, others);
      }
    } catch (MetadataException | IOException e) {
      refuse(folder, -1, -1, String.valueOf(e.getMessage()));
    }
  }

  private void replay(MetadataSnapshots.Newest newest) throws IOException {
    MetadataReplay replay = new MetadataReplay(newest.image());
    try {
      StoredBatches.visit(
          disk,
          folder,
          (file, at, buffer, index) -> {
            segment = file;
            position = at;
            if (logEnd == 0) {
              newest.checkComplete(RecordBatch.baseOffset(buffer, index), Long.MAX_VALUE);
            }
            logEnd = RecordBatch.nextOffset(buffer, index);
            if (logEnd > newest.image().nextOffset()) {
              replay.apply(buffer, index);
            }
          });
      segment = folder;
      position = -1;
      newest.checkComplete(0, logEnd);
      image = replay.delta().build();
    } catch (MetadataRecordException e) {
      String what = "can't be read as metadata: " + e.getMessage() + ". " + MetadataLog.REMEDY;
      refuse(segment, position, replay.offset(), what);
    }
  }

  private void report(MetadataSnapshots.Damaged snapshot) {
    findings.add(
        new LogFinding(
            true,
            MetadataLog.NAME,
            snapshot.file().toString(),
            -1,
            -1,
            -1,
            "can't be used: " + snapshot.what(),
            "uses an older snapshot or the log, and replaces it",
            null));
  }

  private void refuse(Path file, int at, long offset, String what) {
    refusal =
        new LogFinding(
            true, MetadataLog.NAME, file.toString(), at, offset, -1, what, "does not start", null);
  }
}
