package io.tailrace.metadata;

import io.tailrace.env.Disk;
import io.tailrace.log.LogFinding;
import io.tailrace.log.StoredBatches;
import java.io.IOException;
import java.nio.file.Path;
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
  private final MetadataReplay replay;
  private Path segment;
  private int position;
  private @Nullable LogFinding refusal;

  private MetadataInspection(Disk disk, Path folder, ClusterImage empty) {
    this.disk = disk;
    this.folder = folder;
    this.replay = new MetadataReplay(empty);
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

  /** What the log tells. */
  public ClusterImage image() {
    return replay.delta().build();
  }

  private void look(Set<String> others) {
    try {
      if (disk.isDirectory(folder)) {
        MetadataLog.checkNothingPutAside(folder, disk);
        StoredBatches.visit(
            disk,
            folder,
            (file, at, buffer, index) -> {
              segment = file;
              position = at;
              replay.apply(buffer, index);
            });
      }
      if (replay.offset() == 0) {
        MetadataLog.checkAlone(folder, others);
      }
    } catch (MetadataRecordException e) {
      String what = "can't be read as metadata: " + e.getMessage() + ". " + MetadataLog.REMEDY;
      refuse(segment, position, replay.offset(), what);
    } catch (MetadataException | IOException e) {
      refuse(folder, -1, -1, String.valueOf(e.getMessage()));
    }
  }

  private void refuse(Path file, int at, long offset, String what) {
    refusal =
        new LogFinding(
            true, MetadataLog.NAME, file.toString(), at, offset, -1, what, "does not start", null);
  }
}
