package io.tailrace.bench;

import io.tailrace.bench.load.FetchExchange;
import io.tailrace.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/** How far a scan has come: written by its client's thread, read by any. */
final class ScanWatcher implements FetchExchange.BatchWatcher {
  private final long expectedBytes;
  private final AtomicLong bytes = new AtomicLong();

  ScanWatcher(long expectedBytes) {
    this.expectedBytes = expectedBytes;
  }

  @Override
  public int headBytes() {
    return RecordBatch.HEADER_SIZE;
  }

  @Override
  public void batch(ByteBuffer in, int at) {
    bytes.addAndGet(RecordBatch.sizeInBytes(in, at));
  }

  long bytes() {
    return bytes.get();
  }

  boolean isComplete() {
    return bytes() >= expectedBytes;
  }
}
