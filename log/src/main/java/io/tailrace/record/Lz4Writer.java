package io.tailrace.record;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;

/**
 * Makes one LZ4 frame after the other, byte for byte as {@link Lz4Codec} does, with one buffer. For
 * one thread.
 */
final class Lz4Writer extends OutputStream {
  private final LZ4Compressor compressor = LZ4Factory.fastestInstance().fastCompressor();
  private final ByteBuffer block = ByteBuffer.allocate(Lz4Reader.BLOCK_SIZE);
  private final ByteBuffer written =
      ByteBuffer.allocate(Integer.BYTES + compressor.maxCompressedLength(Lz4Reader.BLOCK_SIZE))
          .order(ByteOrder.LITTLE_ENDIAN);
  private RecordBytes to = new RecordBytes();

  /** Starts a frame, also if the last one has not been closed. */
  Lz4Writer begin(RecordBytes frame) {
    to = frame;
    to.write(Lz4Reader.PLAIN_HEADER, 0, Lz4Reader.PLAIN_HEADER.length);
    block.clear();
    return this;
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    for (int at = 0; at < length; ) {
      if (!block.hasRemaining()) {
        writeBlock();
      }
      int count = Math.min(length - at, block.remaining());
      block.put(bytes, offset + at, count);
      at += count;
    }
  }

  /** Completes the frame. */
  @Override
  public void close() {
    if (block.position() > 0) {
      writeBlock();
    }
    to.write(written.putInt(0, 0), 0, Integer.BYTES);
  }

  private void writeBlock() {
    int size = block.position();
    int room = written.capacity() - Integer.BYTES;
    int compressed = compressor.compress(block, 0, size, written, Integer.BYTES, room);
    if (compressed < size) {
      to.write(written.putInt(0, compressed), 0, Integer.BYTES + compressed);
    } else {
      to.write(written.putInt(0, size | Lz4Reader.NOT_COMPRESSED), 0, Integer.BYTES);
      to.write(block, 0, size);
    }
    block.clear();
  }
}
