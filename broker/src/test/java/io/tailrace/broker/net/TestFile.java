package io.tailrace.broker.net;

import io.tailrace.protocol.FileRecords;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;

/** A real file of random bytes, with slices of it as responses send them. */
final class TestFile implements AutoCloseable {
  final byte[] content;
  final FileChannel channel;

  TestFile(Path path, int size) throws IOException {
    content = new byte[size];
    new Random(size).nextBytes(content);
    Files.write(path, content);
    channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  FileRecords slice(int position, int size) {
    return new Slice(channel, position, size);
  }

  byte[] bytes(int position, int size) {
    return Arrays.copyOfRange(content, position, position + size);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private record Slice(FileChannel channel, int position, int sizeInBytes) implements FileRecords {
    @Override
    public long transferTo(WritableByteChannel target, int done, int maxBytes) throws IOException {
      return channel.transferTo(position + done, Math.min(maxBytes, sizeInBytes - done), target);
    }

    @Override
    public boolean readIfCached(ByteBuffer target, int from) throws IOException {
      long next = position + from;
      while (target.hasRemaining()) {
        int n = channel.read(target, next);
        if (n < 0) {
          throw new EOFException("the file ends at " + next);
        }
        next += n;
      }
      return true;
    }
  }
}
