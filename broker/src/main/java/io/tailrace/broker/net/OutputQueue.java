package io.tailrace.broker.net;

import io.tailrace.protocol.FileRecords;
import io.tailrace.protocol.ProtocolWriter;
import io.tailrace.protocol.Records;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The encoded, unsent responses of one connection, on its loop's thread. Bytes are copied out of
 * the loop's writer, many small responses into one buffer; file slices keep their place between
 * them.
 */
final class OutputQueue {
  /** A file that has bytes can't refuse so often while the socket says it has room. */
  private static final int MAX_EMPTY_SENDS = 16;

  private final BufferPool pool;
  private final ArrayDeque<OutputPart> parts = new ArrayDeque<>(4);
  private OutputPart.@Nullable Bytes tail;
  private long unsentBytes;
  private int emptySends;

  OutputQueue(BufferPool pool) {
    this.pool = pool;
  }

  long unsentBytes() {
    return unsentBytes;
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  /** Encodes a response behind those before it, and sees to its release, also if this throws. */
  void add(ResponseEncoder response, ProtocolWriter writer) {
    boolean releasedLater = false;
    try {
      encode(response, writer);
      ByteBuffer bytes = writer.buffer();
      for (int i = 0; i < writer.spliceCount(); i++) {
        addBytes(bytes.limit(writer.splicePosition(i)));
        addSlice(writer.splice(i));
      }
      if (writer.spliceCount() > 0) {
        append(new OutputPart.Release(response));
        releasedLater = true;
      }
      addBytes(bytes.limit(writer.size()));
    } finally {
      if (!releasedLater) {
        response.release();
      }
    }
  }

  private static void encode(ResponseEncoder response, ProtocolWriter writer) {
    writer.reset();
    writer.writeInt(0);
    response.encode(writer);
    long length = writer.totalSize() - FrameInput.LENGTH_BYTES;
    if (length > Integer.MAX_VALUE) {
      throw new IllegalStateException("a response of " + length + " bytes fits in no frame");
    }
    writer.putInt(0, (int) length);
  }

  private void addBytes(ByteBuffer source) {
    unsentBytes += source.remaining();
    if (tail != null) {
      tail.fill(source);
    }
    while (source.hasRemaining()) {
      int size = Math.min(source.remaining(), BufferPool.LARGEST_POOLED);
      OutputPart.Bytes part = new OutputPart.Bytes(pool.take(size));
      part.fill(source);
      append(part);
      tail = part;
    }
  }

  private void addSlice(Records records) {
    if (!(records instanceof FileRecords file)) {
      throw new IllegalStateException("can't send " + records.getClass() + " from where it is");
    }
    OutputPart.Slice slice = new OutputPart.Slice(file);
    unsentBytes += slice.remaining();
    append(slice);
  }

  private void append(OutputPart part) {
    parts.add(part);
    tail = null;
  }

  /**
   * Sends until the socket is full, all is sent, or {@code maxBytes} are passed.
   *
   * @param writable whether the socket has just said that it has room
   * @return bytes sent
   * @throws EOFException if a file slice is shorter than its response has announced
   */
  long send(SocketChannel channel, long maxBytes, boolean writable) throws IOException {
    long sent = 0;
    OutputPart part = parts.peek();
    while (part != null && sent < maxBytes) {
      long n = part.remaining() == 0 ? 0 : part.send(channel);
      unsentBytes -= n;
      sent += n;
      if (part.remaining() > 0) {
        break;
      }
      endFirst();
      part = parts.peek();
    }
    noteProgress(part, sent, writable);
    return sent;
  }

  private void noteProgress(@Nullable OutputPart stuck, long sent, boolean writable)
      throws EOFException {
    if (sent > 0 || !writable || !(stuck instanceof OutputPart.Slice)) {
      emptySends = 0;
    } else if (++emptySends == MAX_EMPTY_SENDS) {
      throw new EOFException("a file is " + stuck.remaining() + " bytes shorter than its slice");
    }
  }

  private void endFirst() {
    OutputPart part = parts.remove();
    if (part == tail) {
      tail = null;
    }
    part.end(pool);
  }

  /** The connection is gone: gives back all that is held. */
  void close() {
    while (!parts.isEmpty()) {
      endFirst();
    }
    unsentBytes = 0;
  }
}
