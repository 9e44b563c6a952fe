package io.tailrace.broker.net;

import io.tailrace.protocol.FileRecords;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A piece of what a connection has to send, in its place in the order. */
sealed interface OutputPart {

  long remaining();

  /** Sends as much as the socket takes; bytes sent. */
  long send(SocketChannel channel) throws IOException;

  /** Sent, or never to be sent: gives back what the part holds. */
  void end(BufferPool pool);

  /** Bytes of one or more responses. */
  final class Bytes implements OutputPart {
    private final PooledBuffer buffer;
    private int sent;

    Bytes(PooledBuffer buffer) {
      this.buffer = buffer;
    }

    /** Takes over as many bytes as there is room for. */
    void fill(ByteBuffer source) {
      ByteBuffer target = buffer.bytes;
      int n = Math.min(target.remaining(), source.remaining());
      int end = source.limit();
      target.put(source.limit(source.position() + n));
      source.limit(end);
    }

    @Override
    public long remaining() {
      return buffer.bytes.position() - sent;
    }

    @Override
    public long send(SocketChannel channel) throws IOException {
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

  /** A slice of a file. */
  final class Slice implements OutputPart {
    private final FileRecords records;
    private final int size;
    private int sent;

    Slice(FileRecords records) {
      this.records = records;
      size = records.sizeInBytes();
    }

    @Override
    public long remaining() {
      return size - sent;
    }

    @Override
    public long send(SocketChannel channel) throws IOException {
      long n = records.transferTo(channel, sent);
      if (n < 0 || n > size - sent) {
        throw new EOFException("a file slice of " + size + " bytes sent " + n + " after " + sent);
      }
      sent += (int) n;
      return n;
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
    public long send(SocketChannel channel) {
      return 0;
    }

    @Override
    public void end(BufferPool pool) {
      response.release();
    }
  }
}
