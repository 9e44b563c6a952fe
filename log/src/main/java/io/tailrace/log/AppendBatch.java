package io.tailrace.log;

import io.tailrace.record.RecordBatch;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One record batch on its way into a log, and what became of it. Reusable, to append without
 * garbage; owned by one thread at a time.
 *
 * <p>The batch must have passed {@code BatchValidator}. {@link PartitionLog#append} writes base
 * offset and leader epoch (and the append time, with {@code message.timestamp.type=LogAppendTime})
 * into the buffer.
 */
public final class AppendBatch {
  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

  private @Nullable ByteBuffer source;
  private ByteBuffer view = EMPTY;
  private int position;
  private int sizeInBytes;
  private AppendOutcome outcome = AppendOutcome.NONE;
  private long baseOffset;
  private long appendTimeMs;

  /** Takes the batch of {@code sizeInBytes} bytes at index {@code position} of a buffer. */
  public AppendBatch set(ByteBuffer buffer, int position, int sizeInBytes) {
    if (source != buffer) {
      // A view of its own, so that several batches of one buffer fit into one gathered write.
      source = buffer;
      view = buffer.duplicate();
    }
    view.clear();
    this.position = position;
    this.sizeInBytes = sizeInBytes;
    reset();
    return this;
  }

  public int sizeInBytes() {
    return sizeInBytes;
  }

  public AppendOutcome outcome() {
    return outcome;
  }

  /** Offset of the batch's first record if it is in the log, else −1. */
  public long baseOffset() {
    return baseOffset;
  }

  /** Time in ms the log stamped the batch with; −1 with {@code CreateTime}. */
  public long appendTimeMs() {
    return appendTimeMs;
  }

  /** Whether its producer numbers its batches (KIP-98). */
  public boolean isIdempotent() {
    return RecordBatch.hasProducerId(view, position) && baseSequence() != RecordBatch.NO_SEQUENCE;
  }

  public long producerId() {
    return RecordBatch.producerId(view, position);
  }

  public short producerEpoch() {
    return RecordBatch.producerEpoch(view, position);
  }

  public int baseSequence() {
    return RecordBatch.baseSequence(view, position);
  }

  /** It is not appended: one that comes before it is missing. */
  public void refuseOutOfOrder() {
    finish(AppendOutcome.OUT_OF_ORDER_SEQUENCE, -1, RecordBatch.NO_TIMESTAMP);
  }

  void reset() {
    finish(AppendOutcome.NONE, -1, RecordBatch.NO_TIMESTAMP);
  }

  void finish(AppendOutcome outcome, long baseOffset, long appendTimeMs) {
    this.outcome = outcome;
    this.baseOffset = baseOffset;
    this.appendTimeMs = appendTimeMs;
  }

  /** The buffer for use with {@link #position}; its own position and limit mean nothing. */
  ByteBuffer buffer() {
    return view;
  }

  int position() {
    return position;
  }

  /** The batch as the remaining bytes of a buffer, to be written. */
  ByteBuffer bytes() {
    return view.limit(position + sizeInBytes).position(position);
  }
}
