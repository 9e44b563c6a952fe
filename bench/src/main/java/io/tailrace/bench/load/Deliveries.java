package io.tailrace.bench.load;

import io.tailrace.record.RecordBatch;
import java.nio.ByteBuffer;

/** Takes the time from when a stamped batch was due to be sent until a consumer has received it. */
public final class Deliveries implements FetchExchange.BatchWatcher {
  private Tally tally = new Tally(Window.unlimited(0));

  /** Counts what is due within the window. Before the consumer starts. */
  public void plan(Window window) {
    tally = new Tally(window);
  }

  @Override
  public int headBytes() {
    return Batches.STAMP + Long.BYTES;
  }

  @Override
  public void batch(ByteBuffer in, int at) {
    int records = RecordBatch.recordCount(in, at);
    long bytes = RecordBatch.sizeInBytes(in, at);
    tally.answeredOnSchedule(Batches.stampOf(in, at), System.nanoTime(), records, bytes);
  }

  /** Each batch is one request of it; complete when the consumer has ended. */
  public Tally tally() {
    return tally;
  }
}
