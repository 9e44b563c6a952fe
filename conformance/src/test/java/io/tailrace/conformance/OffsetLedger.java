package io.tailrace.conformance;

import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * What anybody has seen at the offsets of a topic: a producer that was told where its record is, or
 * a reader. What was seen first is so for ever. Safe for use by many threads.
 */
final class OffsetLedger {
  private static final int PRODUCER_SHIFT = 48;

  private final Partition[] partitions;
  private final LongAdder acknowledged = new LongAdder();
  private final Queue<String> rebound = new ConcurrentLinkedQueue<>();

  private static final class Partition {
    private long[] records = new long[64];
    private long acknowledgedEnd;
  }

  OffsetLedger(int partitions) {
    this.partitions = Stream.generate(Partition::new).limit(partitions).toArray(Partition[]::new);
  }

  /** A record's name: never 0. */
  static long record(int producer, long number) {
    return (producer + 1L) << PRODUCER_SHIFT | number;
  }

  static int producer(long record) {
    return (int) (record >>> PRODUCER_SHIFT) - 1;
  }

  static long number(long record) {
    return record & (1L << PRODUCER_SHIFT) - 1;
  }

  void acknowledged(int partition, long offset, long record) {
    Partition at = partitions[partition];
    synchronized (at) {
      at.acknowledgedEnd = Math.max(at.acknowledgedEnd, offset + 1);
    }
    seen("acknowledged", partition, offset, record);
    acknowledged.increment();
  }

  void read(int partition, long offset, long record) {
    seen("read", partition, offset, record);
  }

  private void seen(String how, int partition, long offset, long record) {
    Partition at = partitions[partition];
    int index = Math.toIntExact(offset);
    long before;
    synchronized (at) {
      if (index >= at.records.length) {
        at.records = Arrays.copyOf(at.records, 2 * index);
      }
      before = at.records[index];
      if (before == 0) {
        at.records[index] = record;
      }
    }
    if (before != 0 && before != record) {
      rebound.add(
          "partition %d offset %d held %s, and %s was %s there"
              .formatted(partition, offset, name(before), name(record), how));
    }
  }

  static String name(long record) {
    return "record %d of producer %d".formatted(number(record), producer(record));
  }

  /** For each partition, the offset behind all that is acknowledged. */
  long[] acknowledgedEnds() {
    long[] ends = new long[partitions.length];
    for (int i = 0; i < ends.length; i++) {
      synchronized (partitions[i]) {
        ends[i] = partitions[i].acknowledgedEnd;
      }
    }
    return ends;
  }

  long acknowledgedCount() {
    return acknowledged.sum();
  }

  /** Offsets that have been seen with two records. */
  Queue<String> rebound() {
    return rebound;
  }
}
