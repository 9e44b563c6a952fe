package io.tailrace.bench.floor;

import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One file of batches, and where each begins. A batch is written by itself as it comes. */
final class FloorPartition implements AutoCloseable {
  private final FileChannel file;
  private final boolean flushed;
  private final List<FloorConnection> waiting = new ArrayList<>();

  private long[] offsets = new long[64];
  private long[] positions = new long[64];
  private int batches;
  private long endOffset;
  private long endPosition;

  /**
   * @param flushed whether each batch is synced before it is acknowledged
   */
  FloorPartition(Path path, boolean flushed) throws IOException {
    this.file =
        FileChannel.open(
            path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    this.flushed = flushed;
  }

  /**
   * Checks and writes the batch.
   *
   * @return its base offset
   */
  long append(ByteBuffer in, int at, int size) throws IOException {
    if (RecordBatch.computedCrc(in, at, size) != RecordBatch.storedCrc(in, at)) {
      throw new IOException("a batch with a wrong checksum");
    }
    RecordBatch.patch(in, at, endOffset, 0);
    in.position(at).limit(at + size);
    for (long position = endPosition; in.hasRemaining(); ) {
      position += file.write(in, position);
    }
    if (flushed) {
      file.force(false);
    }
    return added(size, RecordBatch.lastOffsetDelta(in, at) + 1);
  }

  private long added(int size, int records) {
    if (batches == offsets.length) {
      offsets = Arrays.copyOf(offsets, 2 * batches);
      positions = Arrays.copyOf(positions, 2 * batches);
    }
    long offset = endOffset;
    offsets[batches] = offset;
    positions[batches++] = endPosition;
    endOffset += records;
    endPosition += size;
    return offset;
  }

  long endOffset() {
    return endOffset;
  }

  FileChannel file() {
    return file;
  }

  /** Position in the file of the batch that holds the offset, or the file's end. */
  long position(long offset) {
    return offset >= endOffset ? endPosition : positions[batchOf(offset)];
  }

  /**
   * How many bytes to send from the batch that holds the offset: at most so many, but a whole batch
   * at least, as Kafka does (KIP-74).
   */
  long bytesFrom(long offset, int maxBytes) {
    if (offset >= endOffset) {
      return 0;
    }
    int batch = batchOf(offset);
    long batchEnd = batch + 1 < batches ? positions[batch + 1] : endPosition;
    long most = Math.max(maxBytes, batchEnd - positions[batch]);
    return Math.min(most, endPosition - positions[batch]);
  }

  private int batchOf(long offset) {
    int found = Arrays.binarySearch(offsets, 0, batches, offset);
    return found >= 0 ? found : -found - 2;
  }

  void await(FloorConnection connection) {
    waiting.add(connection);
  }

  void forget(FloorConnection connection) {
    waiting.remove(connection);
  }

  /** Answers the fetches that waited for more. */
  void wake() throws IOException {
    if (!waiting.isEmpty()) {
      List<FloorConnection> woken = List.copyOf(waiting);
      waiting.clear();
      for (FloorConnection connection : woken) {
        connection.endWait();
      }
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
