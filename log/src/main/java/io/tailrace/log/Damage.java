package io.tailrace.log;

/**
 * Bytes of a segment that are no batches of this log, and the offsets that are missing for it.
 *
 * @param position of the first byte
 * @param end of the last byte, exclusive
 * @param from the first offset missing
 * @param to the first offset that is not; the same as {@code from} if none is
 */
record Damage(int position, int end, long from, long to) {

  int sizeInBytes() {
    return end - position;
  }
}
