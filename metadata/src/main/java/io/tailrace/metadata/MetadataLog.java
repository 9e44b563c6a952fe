package io.tailrace.metadata;

import io.tailrace.env.Disk;
import io.tailrace.log.AppendBatch;
import io.tailrace.log.AppendOutcome;
import io.tailrace.log.DiskFullException;
import io.tailrace.log.LogConfig;
import io.tailrace.log.LogException;
import io.tailrace.log.LogManager;
import io.tailrace.log.LogSlice;
import io.tailrace.log.PartitionLog;
import io.tailrace.record.RecordBatch;
import io.tailrace.record.RecordBatchBuilder;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The log of metadata records, {@code __cluster_metadata-0}, in KRaft's format, and the snapshots
 * beside it. For one thread at a time; another one may make a {@link #snapshot} meanwhile.
 *
 * <p>What a crash leaves: every {@link #append} is one record batch and one sync, so each is there
 * wholly or not at all, and what was answered is there. A damaged last batch is taken for one whose
 * append never returned, and cut off. A batch is never written before the one before it is synced,
 * so damage with a valid batch behind it is no crash's doing: the log does not open then. A
 * snapshot holds only what is synced, and records go only when two snapshots hold them.
 */
public final class MetadataLog {
  /** Name of the log and of its folder. */
  public static final String NAME = "__cluster_metadata-0";

  /** The id that KRaft gives to the topic. */
  private static final String TOPIC_ID = "AAAAAAAAAAAAAAAAAAAAAQ";

  /** One controller writes the log for ever. */
  private static final int LEADER_EPOCH = 1;

  private static final System.Logger LOG = System.getLogger(MetadataLog.class.getName());

  /** On a full disk too, topics and records can be deleted: that is how it gets room again. */
  private static final int ROOM = 1 << 20;

  private static final int READ_BYTES = 1 << 20;

  /** What to do about metadata that can't be read. */
  static final String REMEDY =
      "Restore the folder from a backup, or start a version of Tailrace that can read it";

  private final PartitionLog log;
  private final Path folder;
  private final MetadataLogSettings settings;
  private final MetadataSnapshots snapshots;
  private final AppendBatch batch = new AppendBatch();
  private List<MetadataSnapshots.Damaged> damagedSnapshots = List.of();
  private long snapshotSize;
  private long bytesSeen;
  private long lastTimestamp;

  private MetadataLog(PartitionLog log, Path folder, MetadataLogSettings settings, Disk disk) {
    this.log = log;
    this.folder = folder;
    this.settings = settings;
    this.snapshots = new MetadataSnapshots(disk, folder);
  }

  MetadataLogSettings settings() {
    return settings;
  }

  /** Keeps room for changes to come; may wait for the disk. */
  void keepRoom() {
    log.keepRoom(ROOM);
  }

  /**
   * Opens the log in a data directory, or makes it if the broker has no other log yet.
   *
   * @param elsewhere names of the logs in the broker's other data directories
   * @throws MetadataException if it is damaged, or gone; nothing has been changed then
   */
  public static MetadataLog open(
      LogManager logs, Set<String> elsewhere, MetadataLogSettings settings, Disk disk)
      throws MetadataException {
    LogConfig config = config(settings);
    Path folder = logs.directory().resolve(NAME);
    try {
      boolean exists = logs.names().contains(NAME);
      PartitionLog log = exists ? logs.log(NAME, config) : null;
      if (log == null || log.logEndOffset() == 0) {
        Set<String> others = new TreeSet<>(logs.names());
        others.remove(NAME);
        others.addAll(elsewhere);
        checkAlone(folder, others);
      }
      if (logs.isLost(NAME)) {
        throw new MetadataException(
            "the metadata log %s is gone, and with it what is known of all topics. Restore it from a backup; to start anew, choose another data folder"
                .formatted(folder),
            null);
      }
      if (exists) {
        checkNothingPutAside(folder, disk);
      }
      PartitionLog opened = log == null ? logs.create(NAME, TOPIC_ID, config) : log;
      // Folders are made and deleted by what is in it: a power loss must not take it back.
      opened.flush();
      return new MetadataLog(opened, folder, settings, disk);
    } catch (LogException | IOException e) {
      throw new MetadataException(
          "the metadata log can't be opened: %s".formatted(e.getMessage()), e);
    }
  }

  private static LogConfig config(MetadataLogSettings settings) {
    String segmentBytes = Integer.toString(settings.segmentBytes());
    return LogConfig.of(Map.of("segment.bytes", segmentBytes, "max.message.bytes", segmentBytes));
  }

  /**
   * Refuses a metadata log that is missing or empty, where there are other logs.
   *
   * @param others their names
   */
  static void checkAlone(Path folder, Set<String> others) throws MetadataException {
    if (!others.isEmpty()) {
      throw new MetadataException(
          "there are the logs %s, but %s, which says what they are, is missing or empty. Restore it from a backup; to start anew, choose another data folder"
              .formatted(others, folder),
          null);
    }
  }

  /**
   * The log engine puts aside what a power loss has left in ruins and opens the rest. Here that
   * can't have been a power loss.
   */
  static void checkNothingPutAside(Path folder, Disk disk) throws IOException, MetadataException {
    for (Path file : disk.list(folder)) {
      if (file.toString().endsWith(".quarantined")) {
        throw new MetadataException(
            "%s was put aside because it is damaged, and metadata with it. Restore the folder %s from a backup; or delete that file to go on without what it held"
                .formatted(file, folder),
            null);
      }
    }
  }

  /**
   * Applies all records to an image: those of the newest snapshot, and those behind it.
   *
   * @throws MetadataException if a record can't be read or applied, or if some are missing; the
   *     message says where
   */
  ClusterDelta replay(ClusterImage empty) throws MetadataException {
    MetadataSnapshots.Newest newest = newestSnapshot(empty);
    damagedSnapshots = newest.damaged();
    snapshotSize = newest.sizeInBytes();
    MetadataReplay replay = new MetadataReplay(newest.image());
    try {
      newest.checkComplete(log.logStartOffset(), log.logEndOffset());
      while (replay.offset() < log.logEndOffset()) {
        replaySome(replay);
      }
    } catch (MetadataRecordException | LogException | IOException e) {
      throw unreadable(folder, replay, String.valueOf(e.getMessage()), e);
    }
    return replay.delta();
  }

  private MetadataSnapshots.Newest newestSnapshot(ClusterImage empty) throws MetadataException {
    try {
      MetadataSnapshots.Newest found = snapshots.newest(empty);
      found.damaged().forEach(it -> LOG.log(Level.WARNING, it.toString()));
      return found;
    } catch (IOException e) {
      throw new MetadataException("the metadata's snapshots can't be listed: " + e, e);
    }
  }

  private void replaySome(MetadataReplay replay)
      throws LogException, IOException, MetadataException {
    LogSlice slice = log.read(replay.offset(), READ_BYTES, true, log.logEndOffset());
    int at = 0;
    try {
      ByteBuffer batches = ByteBuffer.allocate(slice.sizeInBytes());
      slice.readInto(batches);
      batches.flip();
      do {
        lastTimestamp = RecordBatch.maxTimestamp(batches, at);
        at = replay.apply(batches, at);
      } while (at < batches.limit());
      bytesSeen += at;
    } catch (MetadataRecordException e) {
      throw unreadable(slice.place(at), replay, String.valueOf(e.getMessage()), e);
    } finally {
      slice.release();
    }
  }

  private static MetadataException unreadable(
      Object place, MetadataReplay replay, String problem, @Nullable Exception e) {
    return new MetadataException(
        "the metadata in %s can't be read at offset %d: %s. %s"
            .formatted(place, replay.offset(), problem, REMEDY),
        e);
  }

  /**
   * Writes records as one batch and syncs it.
   *
   * @param frames the records, as {@link MetadataRecordType#encode} gives them
   * @param offset of the first of them; the log's end
   * @throws DiskFullException if nothing was written, and a later append may succeed
   * @throws MetadataException if it is unknown what is on the disk: no append may follow
   */
  void append(List<byte[]> frames, long offset, long wallMs)
      throws MetadataException, DiskFullException {
    RecordBatchBuilder builder = new RecordBatchBuilder();
    frames.forEach(frame -> builder.append(wallMs, null, frame));
    ByteBuffer bytes = builder.build();
    batch.set(bytes, 0, bytes.limit());
    try {
      log.append(new AppendBatch[] {batch}, 1, LEADER_EPOCH, wallMs);
      log.flush();
    } catch (DiskFullException e) {
      throw e;
    } catch (LogException e) {
      throw new MetadataException(
          "%s takes no more changes until the broker is restarted: %s"
              .formatted(folder, e.getMessage()),
          e);
    }
    if (batch.outcome() != AppendOutcome.APPENDED || batch.baseOffset() != offset) {
      throw new MetadataException(
          "a defect in Tailrace: %s, offset %d where %d was to be, in %s"
              .formatted(batch.outcome(), batch.baseOffset(), offset, folder),
          null);
    }
    log.setHighWatermark(log.logEndOffset());
    bytesSeen += bytes.limit();
    lastTimestamp = wallMs;
  }

  /** Of the records that {@link #replay} read from the log, and of those written since. */
  long bytesSeen() {
    return bytesSeen;
  }

  /** How many these may become before the first snapshot since {@link #replay} is due. */
  long bytesUntilSnapshot() {
    return damagedSnapshots.isEmpty() ? Math.max(settings.snapshotBytes(), snapshotSize) : 0;
  }

  /** Wall-clock time in ms of the last record; 0 if there is none. */
  long lastTimestamp() {
    return lastTimestamp;
  }

  /**
   * Writes a snapshot, and lets go of the snapshots and records that are then not needed any more.
   * Called on any thread, beside appends, but once at a time.
   *
   * @param image that the log's records make; they may have become more since
   * @param timestamp wall-clock time in ms of the last of them
   * @return the snapshot's size in bytes
   */
  long snapshot(ClusterImage image, long timestamp) throws IOException, LogException {
    snapshots.delete(damagedSnapshots);
    damagedSnapshots = List.of();
    long size = snapshots.write(image, LEADER_EPOCH, timestamp);
    log.deleteRecordsBefore(snapshots.deleteOld());
    return size;
  }
}
