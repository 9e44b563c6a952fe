package io.tailrace.record;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** A stream whose bytes come piece by piece, in one buffer. For one thread. */
abstract class PieceStream extends InputStream {
  private final ByteBuffer piece;

  /**
   * @param piece what remains of it is read next
   */
  PieceStream(ByteBuffer piece) {
    this.piece = piece;
  }

  /** Sees to it that something of the piece remains; false at the end of all. */
  abstract boolean fill() throws IOException;

  @Override
  public final int read() throws IOException {
    return fill() ? piece.get() & 0xff : -1;
  }

  @Override
  public final int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, piece.remaining());
    piece.get(bytes, offset, count);
    return count;
  }
}
