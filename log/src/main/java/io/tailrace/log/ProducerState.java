package io.tailrace.log;

import io.tailrace.record.RecordBatch;

/**
 * What the log knows of one idempotent producer (KIP-98): its epoch and its last five batches, the
 * most that a client keeps in flight. Mutable; guarded by the log's append lock.
 */
final class ProducerState {
  /** Batches remembered, so the oldest retry that is still recognised. */
  static final int BATCHES = 5;

  final long producerId;
  short epoch = RecordBatch.NO_PRODUCER_EPOCH;
  long lastTimestamp = RecordBatch.NO_TIMESTAMP;

  /** Batches of the current epoch, oldest first. */
  int count;

  final int[] lastSequence = new int[BATCHES];
  final long[] lastOffset = new long[BATCHES];
  final int[] offsetDelta = new int[BATCHES];
  final long[] timestamp = new long[BATCHES];

  /** The append call that the next two belong to; in any other they mean nothing. */
  long pendingCall;

  short pendingEpoch;
  int pendingSequence;

  ProducerState(long producerId) {
    this.producerId = producerId;
  }

  /** Sequence number of the producer's last record; −1 if there is none in this epoch. */
  int lastSequence() {
    return count == 0 ? RecordBatch.NO_SEQUENCE : lastSequence[count - 1];
  }

  long firstOffset(int batch) {
    return lastOffset[batch] - offsetDelta[batch];
  }

  /** Index of the batch with these sequence numbers; −1 if it is not among the last five. */
  int find(int firstSeq, int lastSeq) {
    for (int i = count - 1; i >= 0; i--) {
      if (lastSequence[i] == lastSeq && firstSequence(i) == firstSeq) {
        return i;
      }
    }
    return -1;
  }

  private int firstSequence(int batch) {
    return (lastSequence[batch] - offsetDelta[batch]) & Integer.MAX_VALUE;
  }

  /** A new epoch starts with no batches. */
  void startEpoch(short newEpoch) {
    if (newEpoch != epoch) {
      epoch = newEpoch;
      count = 0;
    }
  }

  void add(int sequence, long offset, int delta, long maxTimestamp) {
    if (count == BATCHES) {
      count--;
      System.arraycopy(lastSequence, 1, lastSequence, 0, count);
      System.arraycopy(lastOffset, 1, lastOffset, 0, count);
      System.arraycopy(offsetDelta, 1, offsetDelta, 0, count);
      System.arraycopy(timestamp, 1, timestamp, 0, count);
    }
    lastSequence[count] = sequence;
    lastOffset[count] = offset;
    offsetDelta[count] = delta;
    timestamp[count] = maxTimestamp;
    count++;
    lastTimestamp = maxTimestamp;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(producerId).append(" epoch ").append(epoch).append(" at ").append(lastTimestamp);
    for (int i = 0; i < count; i++) {
      text.append(" [").append(firstSequence(i)).append("..").append(lastSequence[i]);
      text.append(" @").append(firstOffset(i)).append("..").append(lastOffset[i]);
      text.append(" t").append(timestamp[i]).append(']');
    }
    return text.toString();
  }
}
