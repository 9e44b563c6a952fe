package io.tailrace.log;

/** What {@link PartitionLog#append} did with a batch. Only APPENDED batches are in the log anew. */
public enum AppendOutcome {
  /** Not looked at yet, or given up because the append failed with an exception. */
  NONE,
  /** The batch is in the log at {@link AppendBatch#baseOffset}. */
  APPENDED,
  /** A retry of one of the producer's last five batches, which is at {@code baseOffset}. */
  DUPLICATE,
  /** The producer's sequence number does not follow its last one. */
  OUT_OF_ORDER_SEQUENCE,
  /** The producer's epoch is older than the one the log has seen: it is fenced. */
  INVALID_PRODUCER_EPOCH,
  /** The batch is larger than {@code max.message.bytes}. */
  MESSAGE_TOO_LARGE,
  /** The batch is larger than {@code segment.bytes}. */
  RECORD_LIST_TOO_LARGE
}
