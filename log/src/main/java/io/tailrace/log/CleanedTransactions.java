package io.tailrace.log;

import io.tailrace.record.EndTransactionMarker;
import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Follows the transactions of a log while it is read from front to back: which batches belong to
 * aborted ones, and which markers have outlived the last batch of their transaction. For one
 * thread.
 */
final class CleanedTransactions {

  /** Finds out how transactions end, from the first one on. */
  interface Source {
    List<AbortedTransaction> abortedFrom(long offset) throws IOException;
  }

  private final Source source;
  private boolean loaded;
  private List<AbortedTransaction> aborted = List.of();
  private int next;

  /** Producer → whether a batch of the aborted transaction that goes on has been seen. */
  private final Map<Long, Boolean> ongoingAborted = new HashMap<>();

  private final Set<Long> ongoingCommitted = new HashSet<>();

  CleanedTransactions(Source source) {
    this.source = source;
  }

  /** Takes note of a batch of records; returns whether its transaction was aborted. */
  boolean isAborted(ByteBuffer buffer, int at) throws IOException {
    if (!RecordBatch.isTransactional(buffer, at)) {
      return false;
    }
    beginUpTo(buffer, at);
    long producerId = RecordBatch.producerId(buffer, at);
    if (ongoingAborted.replace(producerId, true) != null) {
      return true;
    }
    ongoingCommitted.add(producerId);
    return false;
  }

  /**
   * Takes note of a control batch; returns whether it ends a transaction of which nothing else is
   * left, so that it may go when its horizon has passed.
   */
  boolean isLeftOver(ByteBuffer buffer, int at) throws IOException {
    beginUpTo(buffer, at);
    if (RecordBatch.recordCount(buffer, at) == 0) {
      return true;
    }
    EndTransactionMarker marker = TransactionScan.marker(buffer, at);
    if (marker == null) {
      return false;
    }
    long producerId = RecordBatch.producerId(buffer, at);
    return marker.commit()
        ? !ongoingCommitted.remove(producerId)
        : !Boolean.TRUE.equals(ongoingAborted.remove(producerId));
  }

  private void beginUpTo(ByteBuffer buffer, int at) throws IOException {
    if (!loaded) {
      aborted = source.abortedFrom(RecordBatch.baseOffset(buffer, at));
      loaded = true;
    }
    long last = RecordBatch.lastOffset(buffer, at);
    while (next < aborted.size() && aborted.get(next).firstOffset() <= last) {
      ongoingAborted.putIfAbsent(aborted.get(next).producerId(), false);
      next++;
    }
  }
}
