package io.tailrace.log;

import java.lang.foreign.Arena;

/**
 * The newest offset of each key, by the key's {@link KeyHash}: open addressing in one table that
 * never grows. 24 bytes a slot, as in Kafka. For one thread.
 */
final class OffsetMap {
  static final int SLOT_BYTES = 3 * Long.BYTES;

  /** The answer for a key that is not there: below every offset. */
  static final long NONE = -1;

  private static final int WIDTH = 3;
  private static final int SECOND = 1;
  private static final int OFFSET = 2;

  /** Slots as (first half of the hash, second half, offset + 1); 0 in the last: empty. */
  private final OffHeapLongs table;

  private final int slots;
  private final int most;
  private int size;

  /** Keeps the compiler from leaving out loads that nobody needs but the cache. */
  private long fetched;

  /**
   * @param most how many keys it takes
   */
  private OffsetMap(int slots, int most, Arena memory) {
    this.slots = slots;
    this.most = most;
    this.table = new OffHeapLongs(memory, (long) slots * WIDTH);
  }

  /**
   * A map for as many keys as there can be, within a budget.
   *
   * @param budgetBytes it is not larger ({@code log.cleaner.dedupe.buffer.size}, for one thread)
   * @param loadFactor how full it may get ({@code log.cleaner.io.buffer.load.factor})
   * @param keys there are not more
   * @param memory what it lives in, outside the heap
   */
  static OffsetMap of(long budgetBytes, double loadFactor, long keys, Arena memory) {
    long affordable = Math.min(budgetBytes / SLOT_BYTES, Integer.MAX_VALUE);
    long wanted = (long) Math.min(affordable, keys / loadFactor + 2);
    int slots = (int) Math.max(2, wanted);
    int most = Math.max(1, Math.min(slots - 1, (int) (slots * loadFactor)));
    return new OffsetMap(slots, most, memory);
  }

  int size() {
    return size;
  }

  void clear() {
    table.clear();
    size = 0;
  }

  /** It takes no more, not even a newer offset of a key that it has: so says Kafka. */
  boolean isFull() {
    return size >= most;
  }

  /**
   * Brings what there is about these keys into the processor's cache: loads that don't wait for
   * each other, unlike those of one lookup after the other.
   */
  void fetch(HashedKeys keys) {
    long sum = 0;
    for (int i = 0; i < keys.size(); i++) {
      long at = at(slot(keys.first(i)));
      sum += table.get(at) + table.get(at + OFFSET);
    }
    fetched = sum;
  }

  /**
   * Notes the newest offset so far of a key.
   *
   * @return the one before it, or {@link #NONE}
   */
  long put(HashedKeys keys, int i) {
    long at = find(keys.first(i), keys.second(i));
    long before = table.get(at + OFFSET) - 1;
    if (before == NONE) {
      if (isFull()) {
        throw new IllegalStateException("the map takes no more than " + most + " keys");
      }
      table.set(at, keys.first(i));
      table.set(at + SECOND, keys.second(i));
      size++;
    }
    table.set(at + OFFSET, keys.offset(i) + 1);
    return before;
  }

  /** The newest offset noted of a key, or {@link #NONE}. */
  long get(HashedKeys keys, int i) {
    return table.get(find(keys.first(i), keys.second(i)) + OFFSET) - 1;
  }

  /** Where the key is, or would be. There always is an empty slot. */
  private long find(long first, long second) {
    int slot = slot(first);
    while (true) {
      long at = at(slot);
      boolean same = table.get(at) == first && table.get(at + SECOND) == second;
      if (same || table.get(at + OFFSET) == 0) {
        return at;
      }
      slot = slot + 1 == slots ? 0 : slot + 1;
    }
  }

  private int slot(long first) {
    return (int) Math.unsignedMultiplyHigh(first, slots);
  }

  private static long at(int slot) {
    return (long) slot * WIDTH;
  }
}
