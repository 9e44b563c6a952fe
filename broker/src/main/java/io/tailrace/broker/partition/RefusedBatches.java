package io.tailrace.broker.partition;

import io.tailrace.log.AppendBatch;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The idempotent producers that are due to repeat a batch: it could not be appended at its time
 * (the log was being recovered, its disk was full). Until it comes, later batches of theirs are out
 * of order. Safe for use by many threads.
 *
 * <p>A log finds that out by itself of each producer that it knows, but takes one that it does not
 * know at any sequence number, as Apache Kafka does. A client has several batches in flight,
 * though: if the first comes a moment too early and the second just in time, the second would stand
 * in the log alone, and the first be out of order for ever after.
 */
final class RefusedBatches {
  /** Producers remembered; beyond, those that were refused first are forgotten. */
  private static final int MAX_PRODUCERS = 1_000;

  private final Map<Long, Refused> byProducer = new LinkedHashMap<>();

  /** So that appends take no lock where nobody is due. */
  private volatile boolean isEmpty = true;

  private record Refused(short epoch, int sequence) {

    /** Whether the sequence number comes after the refused one; they wrap at 2^31. */
    boolean precedes(int later) {
      int distance = (later - sequence) & Integer.MAX_VALUE;
      return distance > 0 && distance < 1 << 30;
    }
  }

  synchronized void add(AppendBatch[] batches, int count) {
    for (int i = 0; i < count; i++) {
      AppendBatch batch = batches[i];
      if (batch.isIdempotent()) {
        Refused refused = new Refused(batch.producerEpoch(), batch.baseSequence());
        byProducer.merge(batch.producerId(), refused, RefusedBatches::first);
      }
    }
    Iterator<Long> oldest = byProducer.keySet().iterator();
    while (byProducer.size() > MAX_PRODUCERS) {
      oldest.next();
      oldest.remove();
    }
    isEmpty = byProducer.isEmpty();
  }

  /** The one that has to come first; of an epoch that is over none has. */
  private static Refused first(Refused known, Refused refused) {
    if (known.epoch() != refused.epoch()) {
      return known.epoch() > refused.epoch() ? known : refused;
    }
    return known.precedes(refused.sequence()) ? known : refused;
  }

  /**
   * Refuses those batches that come before one that is due.
   *
   * @return how many are left, at the front of the array
   */
  int withhold(AppendBatch[] batches, int count) {
    return isEmpty ? count : withholdEarly(batches, count);
  }

  private synchronized int withholdEarly(AppendBatch[] batches, int count) {
    int left = 0;
    for (int i = 0; i < count; i++) {
      AppendBatch batch = batches[i];
      if (batch.isIdempotent() && isEarly(batch)) {
        batch.refuseOutOfOrder();
      } else {
        batches[left++] = batch;
      }
    }
    isEmpty = byProducer.isEmpty();
    return left;
  }

  private boolean isEarly(AppendBatch batch) {
    Refused due = byProducer.get(batch.producerId());
    if (due == null || due.epoch() > batch.producerEpoch()) {
      return false;
    }
    if (due.epoch() == batch.producerEpoch() && due.precedes(batch.baseSequence())) {
      return true;
    }
    byProducer.remove(batch.producerId());
    return false;
  }
}
