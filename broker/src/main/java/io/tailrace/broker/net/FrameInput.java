package io.tailrace.broker.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what arrives on one connection into frames, in place, on its loop's thread. A frame is a
 * 4-byte big-endian length and so many bytes.
 *
 * <pre>
 *   buffer:  [ frames handed out | frames not yet handed out, the last incomplete | room ]
 *            0                consumed                                         arrived
 * </pre>
 *
 * <p>Bytes stay where they are until {@link #settle}, at the end of the turn, which keeps a buffer
 * only if bytes are left: a small one, or, for a frame that needs it, one that holds the whole
 * frame. So only the part of a frame that arrived before its size was known is copied, once.
 *
 * <p>A buffer that the {@link InputBudget} granted for a frame takes that frame and no byte more,
 * so it goes back when the frame is done: nobody holds one while he waits for another.
 *
 * <p>A read that fills its buffer doubles the size the next one starts with, up to 1 MiB, so that
 * pipelined 64 KB frames come several at a time.
 */
final class FrameInput {
  static final int LENGTH_BYTES = Integer.BYTES;

  private static final int UNDERUSED_READS = 16;

  /** While others wait for the budget, who holds some of it must receive at this rate. */
  private static final long MIN_BYTES_PER_SECOND = 64 << 10;

  private static final long GRACE_SECONDS = 10;

  private final Connection connection;
  private final BufferPool pool;
  private final InputBudget budget;
  private @Nullable PooledBuffer buffer;
  private int fillLimit;
  private int arrived;
  private int consumed;
  private int frameMaxBytes;
  private int readSize = BufferPool.SMALLEST;
  private int underusedReads;
  private int awaitedBytes;
  private boolean holdsBudget;
  private long holdsSinceNs;
  private long receivedSince;

  FrameInput(Connection connection, BufferPool pool, InputBudget budget, int frameMaxBytes) {
    this.connection = connection;
    this.pool = pool;
    this.budget = budget;
    this.frameMaxBytes = frameMaxBytes;
  }

  void frameMaxBytes(int bytes) {
    frameMaxBytes = bytes;
  }

  /** Reads once; not to be called while {@link #awaitsBudget}. Bytes read, −1 at the end. */
  int read(ReadableByteChannel channel) throws IOException {
    PooledBuffer target = buffer;
    boolean fresh = target == null;
    if (target == null) {
      target = take(readSize);
      buffer = target;
      fillLimit = target.capacity();
    }
    target.bytes.limit(fillLimit).position(arrived);
    int n = channel.read(target.bytes);
    if (n > 0) {
      arrived += n;
      receivedSince += n;
      adaptReadSize(target.capacity(), fresh);
    }
    return n;
  }

  private PooledBuffer take(int size) {
    boolean granted = size <= BufferPool.SMALL || budget.reserveSpare(size);
    return takeReserved(granted ? size : BufferPool.SMALL);
  }

  private PooledBuffer takeReserved(int size) {
    try {
      return pool.take(size);
    } catch (OutOfMemoryError e) {
      releaseReservation(BufferPool.capacityFor(size));
      throw e;
    }
  }

  private void adaptReadSize(int capacity, boolean fresh) {
    if (capacity > BufferPool.LARGEST_POOLED) {
      return;
    }
    if (arrived == capacity) {
      underusedReads = 0;
      readSize = Math.max(readSize, Math.min(2 * capacity, BufferPool.LARGEST_POOLED));
    } else if (fresh && arrived <= capacity / 4 && capacity > BufferPool.SMALLEST) {
      if (++underusedReads == UNDERUSED_READS) {
        underusedReads = 0;
        readSize = capacity / 2;
      }
    } else if (fresh) {
      underusedReads = 0;
    }
  }

  /**
   * The next complete frame, null if there is none. All frames come in the same buffer object,
   * whose limit only grows within a turn.
   *
   * @throws FrameException if the next length is not one of a frame
   */
  @Nullable ByteBuffer next() throws FrameException {
    if (buffer == null || arrived - consumed < LENGTH_BYTES) {
      return null;
    }
    ByteBuffer bytes = buffer.bytes;
    int length = bytes.limit(arrived).getInt(consumed);
    if (!isValid(length)) {
      throw new FrameException("frame length " + length + ", allowed are 1 to " + frameMaxBytes);
    }
    int start = consumed + LENGTH_BYTES;
    if (length > arrived - start) {
      return null;
    }
    consumed = start + length;
    return bytes.limit(consumed).position(start);
  }

  private boolean isValid(int length) {
    return length > 0 && length <= frameMaxBytes;
  }

  /** Whether bytes have arrived that were not handed out. */
  boolean hasRest() {
    return arrived > consumed;
  }

  /** Ends the turn: frames handed out become invalid, the rest moves to where it can grow. */
  void settle(long nowNs) {
    if (buffer == null || arrived == consumed) {
      release();
      return;
    }
    int needed = neededCapacity(buffer);
    boolean fits = needed <= buffer.capacity();
    if (awaitedBytes > 0 || (fits && !tooLargeFor(needed, buffer))) {
      compact(buffer);
    } else if (needed <= BufferPool.SMALL || reserve(needed)) {
      move(needed, buffer);
    } else {
      compact(buffer);
    }
    noteHolding(nowNs);
  }

  private int neededCapacity(PooledBuffer held) {
    int rest = arrived - consumed;
    if (rest < LENGTH_BYTES) {
      return BufferPool.SMALLEST;
    }
    int length = held.bytes.limit(arrived).getInt(consumed);
    return isValid(length) ? Math.max(rest, LENGTH_BYTES + length) : rest;
  }

  private static boolean tooLargeFor(int needed, PooledBuffer buffer) {
    return buffer.capacity() > BufferPool.SMALL && needed <= BufferPool.SMALL;
  }

  private boolean reserve(int needed) {
    boolean granted = budget.reserve(connection, BufferPool.capacityFor(needed));
    awaitedBytes = granted ? 0 : needed;
    return granted;
  }

  private void compact(PooledBuffer held) {
    if (consumed > 0) {
      held.bytes.limit(arrived).position(consumed).compact();
      arrived -= consumed;
      consumed = 0;
    }
  }

  private void move(int needed, PooledBuffer from) {
    PooledBuffer to = takeReserved(needed);
    to.bytes.put(from.bytes.limit(arrived).position(consumed));
    int rest = arrived - consumed;
    release();
    buffer = to;
    arrived = rest;
    fillLimit = needed > BufferPool.SMALL ? needed : to.capacity();
    if (needed > BufferPool.LARGEST_POOLED) {
      // The start of such a frame is copied: the less of it the better.
      readSize = BufferPool.SMALLEST;
    } else {
      readSize = Math.max(readSize, to.capacity());
    }
  }

  private void noteHolding(long nowNs) {
    boolean holds = buffer != null && buffer.capacity() > BufferPool.SMALL;
    if (holds && !holdsBudget) {
      holdsSinceNs = nowNs;
      receivedSince = 0;
    }
    holdsBudget = holds;
  }

  /** Whether the frame waits for room in the budget; it must not be read meanwhile. */
  boolean awaitsBudget() {
    return awaitedBytes > 0;
  }

  /** There may be room now; true if there was, and reading can go on. */
  boolean retryBudget(long nowNs) {
    int needed = awaitedBytes;
    if (buffer == null
        || needed == 0
        || !budget.retry(connection, BufferPool.capacityFor(needed))) {
      return false;
    }
    awaitedBytes = 0;
    move(needed, buffer);
    noteHolding(nowNs);
    return true;
  }

  /** Whether this connection keeps others waiting for the budget with a frame that hardly grows. */
  boolean blocksOthers(long nowNs) {
    if (!holdsBudget || awaitsBudget() || !budget.hasWaiting()) {
      return false;
    }
    long seconds = (nowNs - holdsSinceNs) / 1_000_000_000;
    return seconds >= GRACE_SECONDS && receivedSince < seconds * MIN_BYTES_PER_SECOND;
  }

  /** Gives back all that is held. */
  void release() {
    if (buffer != null) {
      releaseReservation(buffer.capacity());
      pool.release(buffer);
      buffer = null;
    }
    holdsBudget = false;
    arrived = 0;
    consumed = 0;
  }

  /** Gives back all that is held, for good. */
  void close() {
    release();
    if (awaitedBytes > 0) {
      awaitedBytes = 0;
      budget.cancel(connection);
    }
  }

  private void releaseReservation(int capacity) {
    if (capacity > BufferPool.SMALL) {
      budget.release(capacity);
    }
  }
}
