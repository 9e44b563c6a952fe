package io.tailrace.bench.floor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** What has to leave: bytes, after them maybe a piece of a file, and then the answer's end. */
final class FloorOutput {
  private static final int BYTES = 64 << 10;
  private static final int LARGEST_ANSWER_BYTES = 1 << 10;

  private ByteBuffer out = ByteBuffer.allocateDirect(BYTES);
  private @Nullable FileChannel file;
  private long filePosition;
  private long fileLeft;
  private int endBytes;

  /** Whether there is room for another answer of the pre-encoded ones, or an admin one. */
  boolean takesMore() {
    return file == null && out.remaining() >= LARGEST_ANSWER_BYTES;
  }

  /** Adds an answer and gives the index in {@link #bytes} where it begins, to patch it there. */
  int add(ByteBuffer answer) {
    if (out.remaining() < answer.remaining()) {
      out.flip();
      out = ByteBuffer.allocateDirect(out.remaining() + answer.remaining() + BYTES).put(out);
    }
    int at = out.position();
    out.put(at, answer, answer.position(), answer.remaining());
    out.position(at + answer.remaining());
    return at;
  }

  ByteBuffer bytes() {
    return out;
  }

  /** Adds a piece of a file, and after it an end of so many zeros. */
  void add(FileChannel file, long position, long bytes, int zeros) {
    this.file = file;
    this.filePosition = position;
    this.fileLeft = bytes;
    this.endBytes = zeros;
  }

  /** Sends what the socket takes, and says whether that was all. */
  boolean send(SocketChannel channel) throws IOException {
    if (!sendBytes(channel)) {
      return false;
    }
    if (file == null) {
      return true;
    }
    while (fileLeft > 0) {
      long sent = file.transferTo(filePosition, fileLeft, channel);
      if (sent == 0) {
        return false;
      }
      filePosition += sent;
      fileLeft -= sent;
    }
    file = null;
    for (int i = 0; i < endBytes; i++) {
      out.put((byte) 0);
    }
    return sendBytes(channel);
  }

  private boolean sendBytes(SocketChannel channel) throws IOException {
    if (out.position() > 0) {
      out.flip();
      channel.write(out);
      out.compact();
    }
    return out.position() == 0;
  }
}
