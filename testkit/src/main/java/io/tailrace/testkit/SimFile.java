package io.tailrace.testkit;

import java.util.Arrays;
import java.util.BitSet;
import java.util.SplittableRandom;

/**
 * A file's bytes, as the page cache has them and as the device has them. Guarded by the {@link
 * SimDisk}.
 *
 * <pre>
 *   write     changes the cache; the pages it touches are dirty
 *   sync      copies dirty pages and the length to the device
 *   power     each dirty page is on the device or not, by a throw of the dice, and so is the length;
 *   loss      a page that is not there, inside the length, reads as zeros
 * </pre>
 */
final class SimFile extends SimNode {
  private static final int PAGE = 4096;

  private byte[] cached = new byte[0];
  private int cachedLength;
  private byte[] durable = new byte[0];
  private int durableLength;
  private final BitSet dirtyPages = new BitSet();
  private int reserved;

  int length() {
    return cachedLength;
  }

  /** Room taken on the disk: what is reserved counts, whether there are bytes or not. */
  int room() {
    return Math.max(cachedLength, reserved);
  }

  void reserve(int length) {
    reserved = Math.max(reserved, length);
  }

  void releaseReserved() {
    reserved = 0;
  }

  int read(byte[] target, int offset, int length, int position) {
    int n = Math.min(length, cachedLength - position);
    if (n > 0) {
      System.arraycopy(cached, position, target, offset, n);
    }
    return n;
  }

  void write(byte[] source, int offset, int length, int position) {
    if (length == 0) {
      return;
    }
    int end = Math.addExact(position, length);
    cached = grown(cached, end);
    System.arraycopy(source, offset, cached, position, length);
    // From the old end on, because a gap up to the position is new, too.
    dirtyPages.set(Math.min(position, cachedLength) / PAGE, (end - 1) / PAGE + 1);
    cachedLength = Math.max(cachedLength, end);
  }

  void truncate(int length) {
    if (length >= cachedLength) {
      return;
    }
    Arrays.fill(cached, length, cachedLength, (byte) 0);
    dirtyPages.set(length / PAGE, (cachedLength - 1) / PAGE + 1);
    cachedLength = length;
    reserved = 0;
  }

  void sync() {
    durable = grown(durable, cachedLength);
    for (int page = dirtyPages.nextSetBit(0); page >= 0; page = dirtyPages.nextSetBit(page + 1)) {
      copyPage(page, cached, durable);
    }
    dirtyPages.clear();
    durableLength = cachedLength;
  }

  @Override
  void losePower(SplittableRandom random) {
    int length = random.nextBoolean() ? cachedLength : durableLength;
    byte[] left = grown(durable.clone(), length);
    for (int page = dirtyPages.nextSetBit(0); page >= 0; page = dirtyPages.nextSetBit(page + 1)) {
      if (random.nextBoolean()) {
        left = grown(left, Math.min(length, (page + 1) * PAGE));
        copyPage(page, cached, left);
      }
    }
    cached = Arrays.copyOf(left, length);
    cachedLength = length;
    dirtyPages.clear();
    durable = cached.clone();
    durableLength = length;
  }

  private static void copyPage(int page, byte[] from, byte[] to) {
    int start = page * PAGE;
    int end = Math.min(start + PAGE, to.length);
    for (int i = start; i < end; i++) {
      to[i] = i < from.length ? from[i] : 0;
    }
  }

  private static byte[] grown(byte[] bytes, int length) {
    return bytes.length >= length
        ? bytes
        : Arrays.copyOf(
            bytes, Math.max(length, Math.min(2 * bytes.length, bytes.length + (1 << 20))));
  }
}
