package io.tailrace.broker.partition;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The partitions with unsynced records that {@code flush.ms} gives a time: only these are looked at
 * when time goes by. Appending threads enter them, one thread flushes them.
 */
public final class TimedFlushes {
  /** Entered since the last look. */
  private static final Long NEW = Long.MIN_VALUE;

  private final Map<Partition, Long> sinceNs = new ConcurrentHashMap<>();

  void add(Partition partition) {
    sinceNs.putIfAbsent(partition, NEW);
  }

  /** Flushes what has waited for its {@code flush.ms}. */
  public void flushDue(long nowNs) {
    for (Partition partition : sinceNs.keySet()) {
      // Taken out before it is looked at: an append behind the look enters it again.
      Long entered = sinceNs.remove(partition);
      if (entered != null && partition.isUnflushed()) {
        flushOrKeep(partition, entered.equals(NEW) ? nowNs : entered, nowNs);
      }
    }
  }

  private void flushOrKeep(Partition partition, long since, long nowNs) {
    if (TimeUnit.NANOSECONDS.toMillis(nowNs - since) >= partition.flushMs()) {
      partition.flush();
    } else if (partition.flushMs() < Long.MAX_VALUE) {
      sinceNs.put(partition, since);
    }
  }

  /** How many partitions wait. */
  int size() {
    return sinceNs.size();
  }
}
