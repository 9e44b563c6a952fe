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

  /** Records of up to so many bytes are copied: see docs/decisions/007. */
  static final int MAX_COPIED = 32 << 10;

  /** But not more than that of one response, because a client that does not read holds it. */
  static final int MAX_COPIED_OF_RESPONSE = 512 << 10;

  private final BufferPool pool;
  private final ColdReads coldReads;
  private final ArrayDeque<OutputPart> parts = new ArrayDeque<>(4);
  private OutputPart.@Nullable Bytes tail;
  private long unsentBytes;

  /** Of the response that is being added: bytes that are still to be copied, if nothing is cold. */
  private int toCopy;

  /** And how many bytes of records may be. */
  private int mayCopy;

  private int emptySends;

  OutputQueue(BufferPool pool, ColdReads coldReads) {
    this.pool = pool;
    this.coldReads = coldReads;
  }

  long unsentBytes() {
    return unsentBytes;
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  /** Whether there is something that only waits for the socket. */
  boolean awaitsSocket() {
    return !parts.isEmpty() && !coldReads.isWaiting();
  }

  /** Encodes a response behind those before it, and sees to its release, also if this throws. */
  void add(ResponseEncoder response, ProtocolWriter writer) throws IOException {
    boolean releasedLater = false;
    try {
      encode(response, writer);
      ByteBuffer bytes = writer.buffer();
      boolean hasSlices = false;
      mayCopy = MAX_COPIED_OF_RESPONSE;
      toCopy = bytesToCopy(writer);
      for (int i = 0; i < writer.spliceCount(); i++) {
        addBytes(bytes.limit(writer.splicePosition(i)));
        hasSlices |= addRecords(writer.splice(i));
      }
      if (hasSlices) {
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

  private static int bytesToCopy(ProtocolWriter writer) {
    int records = 0;
    for (int i = 0; i < writer.spliceCount() && records < MAX_COPIED_OF_RESPONSE; i++) {
      int size = writer.splice(i).sizeInBytes();
      records += size <= MAX_COPIED ? size : 0;
    }
    return writer.size() + records;
  }

  private void addBytes(ByteBuffer source) {
    unsentBytes += source.remaining();
    while (source.hasRemaining()) {
      toCopy -= partWithRoom().fill(source);
    }
  }

  /** The last part, or a new one behind it that has room for all of the response, within reason. */
  private OutputPart.Bytes partWithRoom() {
    OutputPart.Bytes part = tail;
    if (part == null || !part.hasRoom()) {
      part = new OutputPart.Bytes(pool.take(Math.clamp(toCopy, 1, BufferPool.LARGEST_POOLED)));
      append(part);
      tail = part;
    }
    return part;
  }

  /** Returns whether the records are needed until they are sent. */
  private boolean addRecords(Records records) throws IOException {
    if (!(records instanceof FileRecords file)) {
      throw new IllegalStateException("can't send " + records.getClass() + " from where it is");
    }
    int size = file.sizeInBytes();
    unsentBytes += size;
    int copied = size <= Math.min(MAX_COPIED, mayCopy) ? copy(file, size) : 0;
    if (copied == size) {
      coldReads.sending(file, 0, size);
      return false;
    }
    append(new OutputPart.Slice(file, copied, coldReads));
    return true;
  }

  /** Copies the records as far as they are not cold; bytes copied. */
  private int copy(FileRecords records, int size) throws IOException {
    int copied = 0;
    while (copied < size) {
      int n = partWithRoom().fill(records, copied);
      if (n == 0) {
        break;
      }
      toCopy -= n;
      copied += n;
    }
    mayCopy -= copied;
    return copied;
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
      long n = part.remaining() == 0 ? 0 : part.send(channel, maxBytes - sent);
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
    boolean waits = !writable || coldReads.isWaiting();
    if (sent > 0 || waits || !(stuck instanceof OutputPart.Slice)) {
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
    coldReads.close();
    while (!parts.isEmpty()) {
      endFirst();
    }
    unsentBytes = 0;
  }
}
