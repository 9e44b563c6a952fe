package io.tailrace.bench.floor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Bytes received, and the frames in them. One read may bring many small frames. */
final class FloorInput {
  private static final int BYTES = 256 << 10;
  private static final int LARGEST_FRAME_BYTES = 64 << 20;

  /** From {@link #head} to its position: what has arrived and is not handled yet. */
  private ByteBuffer in = ByteBuffer.allocateDirect(BYTES);

  private ByteBuffer view = in.duplicate();
  private int head;

  /** Whether the client is still there. */
  boolean receive(SocketChannel channel) throws IOException {
    if (in.position() == head) {
      in.clear();
      head = 0;
    } else if (head + frameSize() > in.capacity()) {
      moveToFront();
    }
    return channel.read(in) >= 0;
  }

  /** A frame that would not fit behind what was handled: makes room for all of it. */
  private void moveToFront() throws IOException {
    ByteBuffer rest = in.slice(head, in.position() - head);
    if (frameSize() > LARGEST_FRAME_BYTES) {
      throw new IOException("a frame of " + frameSize() + " bytes");
    }
    if (frameSize() > in.capacity()) {
      in = ByteBuffer.allocateDirect(frameSize());
      view = in.duplicate();
    }
    in.clear();
    in.put(rest);
    head = 0;
  }

  /** Size in bytes of the frame at the head, its size field counted, as far as is known. */
  private int frameSize() {
    boolean known = in.position() - head >= Integer.BYTES;
    return known ? Integer.BYTES + in.getInt(head) : Integer.BYTES;
  }

  boolean hasFrame() {
    int arrived = in.position() - head;
    return arrived >= Integer.BYTES && arrived >= frameSize();
  }

  /** Goes to the next whole frame, if it has arrived. */
  boolean nextFrame() {
    if (!hasFrame()) {
      return false;
    }
    int size = frameSize();
    view.limit(head + size).position(head + Integer.BYTES);
    head += size;
    return true;
  }

  /** The frame without its size field, from position to limit; valid until the next. */
  ByteBuffer frame() {
    return view;
  }
}
