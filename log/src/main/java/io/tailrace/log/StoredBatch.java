package io.tailrace.log;

import io.tailrace.env.DiskFile;
import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A batch whose checksum is right, looked up by its position. No checksum covers its base offset,
 * its leader epoch and its length; but with a wrong length the checksum would not be right.
 *
 * @param header the first {@link RecordBatch#HEADER_SIZE} bytes
 */
record StoredBatch(int position, int sizeInBytes, ByteBuffer header) {

  /** The batch that starts at a position; null if there is none. */
  static @Nullable StoredBatch at(DiskFile file, int position, int fileSize) throws IOException {
    ByteBuffer header = header(file, position, fileSize);
    if (header == null) {
      return null;
    }
    int claimed = RecordBatch.sizeInBytes(header, 0);
    boolean possible = claimed >= RecordBatch.HEADER_SIZE && claimed <= fileSize - position;
    return possible ? ifIntact(file, position, claimed, header) : null;
  }

  /** All bytes from a position on as one batch, whatever length they claim; null if it is none. */
  static @Nullable StoredBatch upToEnd(DiskFile file, int position, int fileSize)
      throws IOException {
    ByteBuffer header = header(file, position, fileSize);
    return header == null ? null : ifIntact(file, position, fileSize - position, header);
  }

  /** One whose checksum the caller has compared, at index {@code at} of a buffer. */
  static StoredBatch copyOf(ByteBuffer buffer, int at, int position, int sizeInBytes) {
    ByteBuffer header = ByteBuffer.allocate(RecordBatch.HEADER_SIZE);
    header.put(0, buffer, at, RecordBatch.HEADER_SIZE);
    return new StoredBatch(position, sizeInBytes, header);
  }

  private static @Nullable ByteBuffer header(DiskFile file, int position, int fileSize)
      throws IOException {
    if (fileSize - position < RecordBatch.HEADER_SIZE) {
      return null;
    }
    ByteBuffer header = ByteBuffer.allocate(RecordBatch.HEADER_SIZE);
    file.readFully(header, position);
    return header;
  }

  private static @Nullable StoredBatch ifIntact(
      DiskFile file, int position, int size, ByteBuffer header) throws IOException {
    boolean intact =
        RecordBatch.magic(header, 0) == RecordBatch.MAGIC_V2
            && RecordBatch.lastOffsetDelta(header, 0) >= 0
            && crc(file, position, size) == RecordBatch.storedCrc(header, 0);
    return intact ? new StoredBatch(position, size, header) : null;
  }

  /** In pieces, because a wrong length may be as large as the segment. */
  private static long crc(DiskFile file, int position, int size) throws IOException {
    CRC32C crc = new CRC32C();
    int end = position + size;
    int at = position + RecordBatch.ATTRIBUTES;
    ByteBuffer piece = ByteBuffer.allocate(Math.min(end - at, BatchScanner.WALK_BUFFER));
    while (at < end) {
      piece.clear().limit(Math.min(piece.capacity(), end - at));
      file.readFully(piece, at);
      at += piece.limit();
      crc.update(piece.flip());
    }
    return crc.getValue();
  }

  int end() {
    return position + sizeInBytes;
  }

  long baseOffset() {
    return RecordBatch.baseOffset(header, 0);
  }

  long nextOffset() {
    return RecordBatch.nextOffset(header, 0);
  }

  int epoch() {
    return RecordBatch.partitionLeaderEpoch(header, 0);
  }

  /** How many offsets it takes. */
  long offsets() {
    return RecordBatch.lastOffsetDelta(header, 0) + 1L;
  }
}
