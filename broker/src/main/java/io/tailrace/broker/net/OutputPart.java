package io.tailrace.broker.net;

import io.tailrace.protocol.FileRecords;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A piece of what a connection has to send, in its place in the order. */
sealed interface OutputPart {

  long remaining();

  /** Sends as much as the socket takes, and not much more than {@code maxBytes}; bytes sent. */
  long send(SocketChannel channel, long maxBytes) throws IOException;

  /** Sent, or never to be sent: gives back what the part holds. */
  void end(BufferPool pool);

  /** Bytes of one or more responses. */
  final class Bytes implements OutputPart {
    private final PooledBuffer buffer;
    private int sent;

    Bytes(PooledBuffer buffer) {
      this.buffer = buffer;
    }

    boolean hasRoom() {
      return buffer.bytes.hasRemaining();
    }

    /** Takes over as many bytes as there is room for; their number. */
    int fill(ByteBuffer source) {
      ByteBuffer target = buffer.bytes;
      int n = Math.min(target.remaining(), source.remaining());
      int end = source.limit();
      target.put(source.limit(source.position() + n));
      source.limit(end);
      return n;
    }

    /** Copies as many of the records as there is room for; their number, 0 if they are cold. */
    int fill(FileRecords records, int from) throws IOException {
      ByteBuffer target = buffer.bytes;
      int n = Math.min(target.remaining(), records.sizeInBytes() - from);
      target.limit(target.position() + n);
      try {
        return records.readIfCached(target, from) ? n : 0;
      } finally {
        target.limit(target.capacity());
      }
    }

    @Override
    public long remaining() {
      return buffer.bytes.position() - sent;
    }

    @Override
    public long send(SocketChannel channel, long maxBytes) throws IOException {
      ByteBuffer bytes = buffer.bytes;
      int filled = bytes.position();
      bytes.limit(filled).position(sent);
      try {
        int n = channel.write(bytes);
        sent += n;
        return n;
      } finally {
        bytes.limit(bytes.capacity()).position(filled);
      }
    }

    @Override
    public void end(BufferPool pool) {
      pool.release(buffer);
    }
  }

  /**
   * A slice of a file. Goes out in windows, each of which is looked for in the page cache first,
   * once, and waited for on another thread if it is not there.
   */
  final class Slice implements OutputPart {
    /** What a cold reader reads at a time for one connection, before others have their go. */
    static final int WINDOW = 1 << 20;

    private final FileRecords records;
    private final ColdReads coldReads;
    private final int size;
    private int sent;
    private int windowEnd;
    private int warmedFrom = -1;

    /** All records from the byte {@code from} on. */
    Slice(FileRecords records, int from, ColdReads coldReads) {
      this.records = records;
      this.coldReads = coldReads;
      size = records.sizeInBytes();
      sent = from;
      windowEnd = from;
    }

    @Override
    public long remaining() {
      return size - sent;
    }

    @Override
    public long send(SocketChannel channel, long maxBytes) throws IOException {
      long before = sent;
      while (sent < size && sent - before < maxBytes && isReady()) {
        int most = windowEnd - sent;
        long n = records.transferTo(channel, sent, most);
        if (n < 0 || n > most) {
          throw new EOFException("a file slice of " + size + " bytes sent " + n + " after " + sent);
        }
        sent += (int) n;
        if (n < most) {
          break;
        }
      }
      return sent - before;
    }

    private boolean isReady() {
      if (sent < windowEnd) {
        return true;
      }
      if (coldReads.isWaiting()) {
        return false;
      }
      int length = Math.min(WINDOW, size - sent);
      if (warmedFrom != sent && !records.isCached(sent, length)) {
        warmedFrom = sent;
        coldReads.warm(records, sent, length);
        return false;
      }
      windowEnd = sent + length;
      coldReads.sending(records, sent, length);
      return true;
    }

    @Override
    public void end(BufferPool pool) {}
  }

  /** Marks that all slices of a response lie before it. */
  record Release(ResponseEncoder response) implements OutputPart {
    @Override
    public long remaining() {
      return 0;
    }

    @Override
    public long send(SocketChannel channel, long maxBytes) {
      return 0;
    }

    @Override
    public void end(BufferPool pool) {
      response.release();
    }
  }
}
