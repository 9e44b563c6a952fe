package io.tailrace.metadata;

import io.tailrace.env.Disk;
import io.tailrace.log.StoredBatches;
import io.tailrace.record.InvalidRecordException;
import io.tailrace.record.RecordBatch;
import io.tailrace.record.RecordReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Reads a file that {@link SnapshotWriter} or KRaft has written. Trusts no byte of it. */
final class SnapshotReader {
  private static final int MAX_CONTROL_BYTES = 1 << 20;

  private final MetadataReplay replay;
  private boolean begun;
  private boolean ended;
  private int position;

  private SnapshotReader(ClusterImage empty) {
    this.replay = new MetadataReplay(empty);
  }

  /**
   * The image that a snapshot holds.
   *
   * @throws MetadataRecordException if it is not whole, or holds what can't be read or applied: the
   *     message says at which position
   * @throws IOException if the file can't be read
   */
  static ClusterImage read(Disk disk, Path file, SnapshotName name, ClusterImage empty)
      throws IOException {
    SnapshotReader reader = new SnapshotReader(empty);
    try {
      boolean whole =
          StoredBatches.visitFile(
              disk, file, (path, position, buffer, at) -> reader.take(position, buffer, at));
      if (!whole || !reader.ended) {
        throw new MetadataRecordException(whole ? "its end is missing" : "no whole batch is there");
      }
    } catch (MetadataRecordException e) {
      throw new MetadataRecordException(
          "at position %d: %s".formatted(reader.position, e.getMessage()));
    }
    ClusterDelta delta = reader.replay.delta();
    delta.skipTo(name.endOffset());
    return delta.build();
  }

  private void take(int at, ByteBuffer buffer, int index) {
    position = at;
    if (ended) {
      throw new MetadataRecordException("something follows on its end");
    }
    replay.apply(buffer, index);
    int type = RecordBatch.isControl(buffer, index) ? controlType(buffer, index) : -1;
    if (begun == (type == SnapshotWriter.HEADER_TYPE)) {
      throw new MetadataRecordException(begun ? "it begins anew" : "its beginning is missing");
    }
    begun = true;
    ended = type == SnapshotWriter.FOOTER_TYPE;
    position = at + RecordBatch.sizeInBytes(buffer, index);
  }

  /** Of its first record; −1 if it has none. */
  private static int controlType(ByteBuffer buffer, int index) {
    try (RecordReader records = RecordReader.open(buffer, index, MAX_CONTROL_BYTES)) {
      ByteBuffer key = records.next() ? records.key() : null;
      if (key == null || key.remaining() < 2 * Short.BYTES) {
        return -1;
      }
      return key.getShort(key.position() + Short.BYTES);
    } catch (InvalidRecordException e) {
      throw new MetadataRecordException(String.valueOf(e.getMessage()));
    }
  }
}
