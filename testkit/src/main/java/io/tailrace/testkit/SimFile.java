package io.tailrace.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A file's bytes, as the page cache has them and as the device has them. Guarded by the {@link
 * SimDisk}.
 *
 * <pre>
 *   write     changes the cache, and is noted
 *   sync      all that is noted is on the device
 *   failed    leaves the device as it was, and nothing noted: another sync does nothing
 *   sync
 *   power     the device has each page as it was after any of the noted changes to it, or before
 *   loss      them all, and any of the lengths since; what it has not, inside its length, are zeros
 * </pre>
 */
final class SimFile extends SimNode {
  private static final int PAGE = 4096;

  private byte[] cached = new byte[0];
  private int cachedLength;
  private byte[] durable = new byte[0];
  private int durableLength;
  private final List<Change> unsynced = new ArrayList<>();
  private int reserved;
  private long modifiedMs;

  /** Bytes that were put at a position, and the file's length afterwards. */
  private record Change(int position, byte[] bytes, int length) {
    int firstPage() {
      return position / PAGE;
    }

    int lastPage() {
      return (position + bytes.length - 1) / PAGE;
    }
  }

  int length() {
    return cachedLength;
  }

  long modifiedMs() {
    return modifiedMs;
  }

  void changedAt(long wallMs) {
    modifiedMs = wallMs;
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
    // From the old end on, because a gap up to the position is new, too.
    int from = Math.min(position, cachedLength);
    int end = Math.addExact(position, length);
    cached = grown(cached, end);
    System.arraycopy(source, offset, cached, position, length);
    cachedLength = Math.max(cachedLength, end);
    unsynced.add(new Change(from, Arrays.copyOfRange(cached, from, end), cachedLength));
  }

  void truncate(int length) {
    if (length >= cachedLength) {
      return;
    }
    Arrays.fill(cached, length, cachedLength, (byte) 0);
    unsynced.add(new Change(length, new byte[cachedLength - length], length));
    cachedLength = length;
    reserved = 0;
  }

  void sync() {
    durable = grown(durable, cachedLength);
    for (Change change : unsynced) {
      for (int page = change.firstPage(); page <= change.lastPage(); page++) {
        copyPage(page, cached, durable);
      }
    }
    unsynced.clear();
    durableLength = cachedLength;
  }

  /** As Linux does: the pages count as clean, and the device has none of them. */
  void failToSync() {
    unsynced.clear();
  }

  @Override
  SimFile left(SplittableRandom random, SimDisk.Names names) {
    int lengths = some(random, unsynced.size());
    int length = lengths == 0 ? durableLength : unsynced.get(lengths - 1).length();
    SimFile left = new SimFile();
    left.cached = leftPages(random, length);
    left.cachedLength = length;
    left.durable = left.cached.clone();
    left.durableLength = length;
    left.reserved = reserved;
    left.modifiedMs = modifiedMs;
    return left;
  }

  private byte[] leftPages(SplittableRandom random, int length) {
    byte[] left = Arrays.copyOf(durable, length);
    Map<Integer, Integer> changesLeft = new HashMap<>();
    for (Change change : unsynced) {
      for (int page = change.firstPage(); page <= change.lastPage(); page++) {
        changesLeft.merge(page, 1, Integer::sum);
      }
    }
    changesLeft.replaceAll((page, changes) -> some(random, changes));
    for (Change change : unsynced) {
      for (int page = change.firstPage(); page <= change.lastPage(); page++) {
        int still = changesLeft.merge(page, -1, Integer::sum);
        if (still >= 0) {
          copyPage(page, change, left);
        }
      }
    }
    return left;
  }

  /** From 0 to {@code all}; half of the time one of these two. */
  private static int some(SplittableRandom random, int all) {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> all;
      default -> random.nextInt(all + 1);
    };
  }

  private static void copyPage(int page, Change change, byte[] to) {
    int start = Math.max(page * PAGE, change.position());
    int end = Math.min(change.position() + change.bytes().length, (page + 1) * PAGE);
    int fits = Math.min(end, to.length) - start;
    if (fits > 0) {
      System.arraycopy(change.bytes(), start - change.position(), to, start, fits);
    }
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
