package io.tailrace.broker.api;

import io.tailrace.log.LogSlice;
import io.tailrace.protocol.FileRecords;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A slice of a log file as the records of a response: sent by the kernel, or copied if small. */
record LogRecords(LogSlice slice) implements FileRecords {

  @Override
  public int sizeInBytes() {
    return slice.sizeInBytes();
  }

  @Override
  public long transferTo(WritableByteChannel target, int done, int maxBytes) throws IOException {
    return slice.transferTo(target, done, maxBytes);
  }

  @Override
  public boolean readIfCached(ByteBuffer target, int from) throws IOException {
    return slice.readIfCached(target, from);
  }

  @Override
  public boolean isCached(int from, int length) {
    return slice.isCached(from, length);
  }

  @Override
  public Runnable warming(int from, int length, BooleanSupplier wanted) {
    return slice.warming(from, length, wanted);
  }

  @Override
  public @Nullable Runnable scanWork(int from, int length, BooleanSupplier wanted) {
    return slice.scanWork(from, length, wanted);
  }
}
