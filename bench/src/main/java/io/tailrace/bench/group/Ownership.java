package io.tailrace.bench.group;

import io.tailrace.bench.BenchException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which partitions the members of a group have, as the members themselves have heard. Any thread
 * may call it.
 *
 * <p>A rebalance is over when all expected members are of one generation (or epoch), have each
 * partition exactly once between them, and none has more than one partition more than another.
 */
final class Ownership {
  private final int partitions;
  private final Map<Object, Holding> holdings = new HashMap<>();
  private int expected;
  private boolean complete;
  private long completeNs;
  private @Nullable String failure;

  private record Holding(int generation, int[] partitions) {}

  Ownership(int partitions) {
    this.partitions = partitions;
  }

  /** The members change: from now on there are to be so many. */
  synchronized void expect(int members) {
    expected = members;
    complete = false;
  }

  /** A member has those partitions now, and no others. */
  synchronized void holds(Object member, int generation, int[] held) {
    holdings.put(member, new Holding(generation, held));
    if (!complete && isComplete()) {
      complete = true;
      completeNs = System.nanoTime();
      notifyAll();
    }
  }

  /** A member has given up all that it had. */
  synchronized void gaveUp(Object member) {
    holdings.remove(member);
  }

  /** A member could not go on. */
  synchronized void failed(String why) {
    failure = failure == null ? why : failure;
    notifyAll();
  }

  private boolean isComplete() {
    if (holdings.size() != expected) {
      return false;
    }
    int generation = holdings.values().iterator().next().generation();
    int share = partitions / expected;
    boolean[] held = new boolean[partitions];
    int sum = 0;
    for (Holding holding : holdings.values()) {
      int size = holding.partitions().length;
      if (holding.generation() != generation || size < share || size > share + 1) {
        return false;
      }
      sum += size;
      for (int partition : holding.partitions()) {
        if (held[partition]) {
          return false;
        }
        held[partition] = true;
      }
    }
    return sum == partitions;
  }

  /**
   * Waits until the rebalance is over.
   *
   * @return when it was, in System.nanoTime
   * @throws BenchException if it is not after so many seconds, or if a member failed
   */
  synchronized long await(int limitSeconds) throws InterruptedException {
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(limitSeconds);
    while (!complete) {
      if (failure != null) {
        throw new BenchException("a member of a group: " + failure);
      }
      long leftNs = deadlineNs - System.nanoTime();
      if (leftNs <= 0) {
        throw new BenchException(
            "after %d s the %d partitions are not shared out among %d members (%d have some)"
                .formatted(limitSeconds, partitions, expected, holdings.size()));
      }
      TimeUnit.NANOSECONDS.timedWait(this, leftNs);
    }
    return completeNs;
  }
}
