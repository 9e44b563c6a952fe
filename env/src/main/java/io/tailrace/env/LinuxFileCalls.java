package io.tailrace.env;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a file descriptor can be asked and told about the page cache. Nothing here throws: where the
 * kernel or the file system does not have a call, or forbids it, it has no effect, which costs less
 * than to remember; the first failure of each kind is logged. Safe for use by many threads;
 * allocates nothing once a thread has made its first call.
 *
 * <p>Ranges are in bytes and not empty: for the kernel a length of 0 means "to the end".
 */
final class LinuxFileCalls {
  private static final Logger LOG = System.getLogger(LinuxFileCalls.class.getName());

  private static final int AT_FDCWD = -100;
  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 0x80000;
  private static final int RWF_NOWAIT = 8;
  private static final int FADV_WILLNEED = 3;
  private static final int FADV_DONTNEED = 4;
  private static final int SYNC_FILE_RANGE_WRITE = 2;
  private static final int FALLOC_FL_KEEP_SIZE = 1;

  private static final int EAGAIN = 11;

  private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);
  private volatile boolean ready;

  /** Calls whose failure has been logged, as bits by {@link LinuxSyscall#ordinal}. */
  private final AtomicInteger reported = new AtomicInteger();

  /** Off the heap, of one thread: what the kernel reads arguments from and writes results to. */
  private static final class Scratch {
    private static final int CACHESTAT_BYTES = 5 * Long.BYTES;
    private static final int COPIED_BYTES = 8 << 10;

    final MemorySegment error;

    /** {@code struct cachestat_range}: offset, length. */
    final MemorySegment range;

    /** {@code struct cachestat}: the number of cached pages comes first. */
    final MemorySegment statistics;

    /** {@code struct iovec}: address and length of one byte. */
    final MemorySegment vector;

    /** {@code struct iovec} of what a read fills. */
    final MemorySegment target;

    /** Where bytes lie on their way to the heap. */
    final MemorySegment copies;

    Scratch() {
      Arena arena = Arena.ofAuto();
      error = arena.allocate(LinuxLinker.ERROR_LAYOUT);
      range = arena.allocate(2 * Long.BYTES, Long.BYTES);
      statistics = arena.allocate(CACHESTAT_BYTES, Long.BYTES);
      target = arena.allocate(2 * Long.BYTES, Long.BYTES);
      copies = arena.allocate(COPIED_BYTES);
      vector = arena.allocate(3 * Long.BYTES, Long.BYTES);
      vector.setAtIndex(ValueLayout.JAVA_LONG, 0, vector.address() + 2 * Long.BYTES);
      vector.setAtIndex(ValueLayout.JAVA_LONG, 1, 1);
    }
  }

  /** Whether there are such calls here; links them. */
  boolean isAvailable() {
    boolean linked = LinuxLinker.isLinked();
    ready = true;
    return linked;
  }

  /** Whether they are linked, or it is known that they can't be. */
  boolean isReady() {
    return ready;
  }

  /** A descriptor of the file that has this name now; −1 if there is none to be had. */
  int open(Path file, boolean writable) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(file.toString());
      long flags = O_CLOEXEC | (writable ? O_RDWR : 0);
      return (int) call(LinuxSyscall.OPENAT, scratch.get(), AT_FDCWD, name.address(), flags, 0);
    }
  }

  void close(int fd) {
    call(LinuxSyscall.CLOSE, scratch.get(), fd, 0, 0, 0);
  }

  /**
   * Whether all pages of the range are in memory. cachestat counts pages that are still being read;
   * since they are read in order, a byte that is there at the end says that none is.
   */
  boolean isCached(int fd, long position, long length) {
    long last = position + length - 1;
    Scratch own = scratch.get();
    return cachedPages(own, fd, position, length) >= pages(position, length)
        && call(LinuxSyscall.PREADV2, own, fd, own.vector.address(), 1, last, 0, RWF_NOWAIT) == 1;
  }

  /**
   * Fills the remaining space of a buffer if {@link #isCached}; the read that does it also finds
   * out what cachestat can't tell. Without the cachestat before it, it would start to read what is
   * missing, which takes as long as a short wait.
   *
   * @return false, with the buffer's position as it was, if not all is there
   */
  boolean readIfCached(int fd, long position, ByteBuffer target) {
    int length = target.remaining();
    Scratch own = scratch.get();
    if (cachedPages(own, fd, position, length) < pages(position, length)) {
      return false;
    }
    if (!target.isDirect()) {
      return copyIfCached(own, fd, position, target);
    }
    boolean filled = fill(own, fd, position, MemorySegment.ofBuffer(target).address(), length);
    Reference.reachabilityFence(target);
    if (filled) {
      target.position(target.limit());
    }
    return filled;
  }

  /** Into a buffer on the heap, whose place the kernel can't be told. */
  private boolean copyIfCached(Scratch own, int fd, long position, ByteBuffer target) {
    int start = target.position();
    while (target.hasRemaining()) {
      int length = (int) Math.min(own.copies.byteSize(), target.remaining());
      long from = position + target.position() - start;
      if (!fill(own, fd, from, own.copies.address(), length)) {
        target.position(start);
        return false;
      }
      MemorySegment.copy(own.copies, 0, MemorySegment.ofBuffer(target), 0, length);
      target.position(target.position() + length);
    }
    return true;
  }

  private boolean fill(Scratch own, int fd, long position, long address, int length) {
    own.target.setAtIndex(ValueLayout.JAVA_LONG, 0, address);
    own.target.setAtIndex(ValueLayout.JAVA_LONG, 1, length);
    long n = call(LinuxSyscall.PREADV2, own, fd, own.target.address(), 1, position, 0, RWF_NOWAIT);
    return n == length;
  }

  private static long pages(long position, long length) {
    int size = LinuxLinker.pageSizeInBytes();
    return (position + length - 1) / size - position / size + 1;
  }

  boolean isUncached(int fd, long position, long length) {
    return cachedPages(scratch.get(), fd, position, length) == 0;
  }

  /** Those that are being read count; −1 if the kernel does not tell. */
  private long cachedPages(Scratch own, int fd, long position, long length) {
    own.range.setAtIndex(ValueLayout.JAVA_LONG, 0, position);
    own.range.setAtIndex(ValueLayout.JAVA_LONG, 1, length);
    long result =
        call(LinuxSyscall.CACHESTAT, own, fd, own.range.address(), own.statistics.address(), 0);
    return result == 0 ? own.statistics.getAtIndex(ValueLayout.JAVA_LONG, 0) : -1;
  }

  boolean willNeed(int fd, long position, long length) {
    return call(LinuxSyscall.FADVISE64, scratch.get(), fd, position, length, FADV_WILLNEED) == 0;
  }

  boolean dontNeed(int fd, long position, long length) {
    return call(LinuxSyscall.FADVISE64, scratch.get(), fd, position, length, FADV_DONTNEED) == 0;
  }

  /**
   * No error of a write is lost by this: the kernel tells it to each descriptor that syncs, and
   * this one never waits for a write to end.
   */
  boolean startWriteback(int fd, long position, long length) {
    return call(
            LinuxSyscall.SYNC_FILE_RANGE,
            scratch.get(),
            fd,
            position,
            length,
            SYNC_FILE_RANGE_WRITE)
        == 0;
  }

  boolean preallocate(int fd, long position, long length) {
    return call(LinuxSyscall.FALLOCATE, scratch.get(), fd, FALLOC_FL_KEEP_SIZE, position, length)
        == 0;
  }

  boolean truncate(int fd, long size) {
    return call(LinuxSyscall.FTRUNCATE, scratch.get(), fd, size, 0, 0) == 0;
  }

  private long call(LinuxSyscall call, Scratch own, long a, long b, long c, long d) {
    return call(call, own, a, b, c, d, 0, 0);
  }

  private long call(
      LinuxSyscall call, Scratch own, long a, long b, long c, long d, long e, long f) {
    long result = LinuxLinker.call(own.error, call, a, b, c, d, e, f);
    if (result < 0) {
      failed(call, LinuxLinker.error(own.error));
    }
    return result;
  }

  private void failed(LinuxSyscall call, int error) {
    int bit = 1 << call.ordinal();
    boolean expected = call == LinuxSyscall.PREADV2 && error == EAGAIN;
    if (!expected && (reported.getAndUpdate(bits -> bits | bit) & bit) == 0) {
      LOG.log(Level.DEBUG, "{0} failed with error {1}: done without", call, error);
    }
  }
}
