package io.tailrace.broker.api;

import io.tailrace.log.LogSlice;
import io.tailrace.protocol.FileRecords;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/** A slice of a log file as the records of a response: sent by the kernel, never read here. */
record LogRecords(LogSlice slice) implements FileRecords {

  @Override
  public int sizeInBytes() {
    return slice.sizeInBytes();
  }

  @Override
  public long transferTo(WritableByteChannel target, int done) throws IOException {
    return slice.transferTo(target, done);
  }
}
