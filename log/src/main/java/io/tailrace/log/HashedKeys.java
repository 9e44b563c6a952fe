package io.tailrace.log;

/**
 * The hashes of some records' keys, so that what a map knows of them comes from memory for all at
 * once. For one thread.
 */
final class HashedKeys {
  private static final int MOST = 256;

  private final long[] first = new long[MOST];
  private final long[] second = new long[MOST];
  private final long[] offsets = new long[MOST];
  private final int[] numbers = new int[MOST];
  private int size;

  /**
   * @param offset of the key's record
   * @param number of the record in its batch
   */
  void add(KeyHash hash, long offset, int number) {
    first[size] = hash.first();
    second[size] = hash.second();
    offsets[size] = offset;
    numbers[size] = number;
    size++;
  }

  void clear() {
    size = 0;
  }

  boolean isFull() {
    return size == MOST;
  }

  int size() {
    return size;
  }

  long first(int i) {
    return first[i];
  }

  long second(int i) {
    return second[i];
  }

  long offset(int i) {
    return offsets[i];
  }

  int number(int i) {
    return numbers[i];
  }
}
