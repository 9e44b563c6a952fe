package io.tailrace.testkit;

import io.tailrace.env.Disk;
import io.tailrace.env.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A disk that can be slow: it plays a page cache over another disk. Reading evicted pages waits
 * while a test {@link #hold}s reads, and is noted as a fault if it happens on a thread that must
 * never wait. All pages are cached until they are {@link #evict}ed.
 *
 * <p>Safe for use by many threads.
 */
public final class ColdDisk extends ForwardingDisk {
  public static final int PAGE = 4096;

  private static final int READ_AHEAD = 100 << 10;

  /** How the names of the broker's threads begin that read cold data on behalf of its loops. */
  private static final String COLD_READER = "tailrace-cold-reader";

  private final String neverWaits;
  private final boolean tellsWhatIsCached;
  private final Map<Path, Pages> files = new HashMap<>();
  private final List<String> faults = new ArrayList<>();
  private final AtomicInteger openFiles = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();
  private boolean held;

  /**
   * Pages that are not cached, those of them that are on their way, those warmed, and those that a
   * cold reader has read to look something up: nobody's but its own either.
   */
  private static final class Pages {
    final BitSet cold = new BitSet();
    final BitSet coming = new BitSet();
    final BitSet warmed = new BitSet();
    final BitSet lookedAt = new BitSet();
    long length;
  }

  /**
   * @param neverWaits how the names of threads begin that must not wait for the disk
   * @param tellsWhatIsCached false: as on a platform without any of the hints
   */
  public ColdDisk(Disk disk, String neverWaits, boolean tellsWhatIsCached) {
    super(disk);
    this.neverWaits = neverWaits;
    this.tellsWhatIsCached = tellsWhatIsCached;
  }

  /** From now on reads of evicted pages wait, until {@link #release}. */
  public synchronized void hold() {
    held = true;
  }

  public synchronized void release() {
    held = false;
    notifyAll();
  }

  /** Reads that wait now. */
  public int waiting() {
    return waiting.get();
  }

  /** Returns when so many reads wait. */
  public synchronized void awaitWaiting(int reads) throws InterruptedException {
    while (waiting.get() < reads) {
      wait();
    }
  }

  /** What must not have happened: waits on the wrong thread, others' pages dropped. */
  public synchronized List<String> faults() {
    return List.copyOf(faults);
  }

  /** Files that are open. */
  public int openFiles() {
    return openFiles.get();
  }

  /** Evicts all files whose names end so. */
  public synchronized void evict(String suffix) {
    files.forEach((path, pages) -> {
      if (path.toString().endsWith(suffix)) {
        evict(path, 0, pages.length);
      }
    });
  }

  /** Evicts the pages that lie wholly in a range. */
  public synchronized void evict(Path path, long position, long length) {
    Pages pages = pages(path);
    int first = (int) ((position + PAGE - 1) / PAGE);
    int behind = (int) (Math.min(position + length, pages.length + PAGE - 1) / PAGE);
    pages.cold.set(first, Math.max(first, behind));
    pages.warmed.clear(first, Math.max(first, behind));
    pages.lookedAt.clear(first, Math.max(first, behind));
  }

  /** The bytes of a file that only cold readers have brought into the cache. */
  public synchronized long warmedBytes(Path path) {
    return (long) pages(path).warmed.cardinality() * PAGE;
  }

  private Pages pages(Path path) {
    return files.computeIfAbsent(path, it -> new Pages());
  }

  private synchronized void written(Path path, long position, long length) {
    Pages pages = pages(path);
    pages.length = Math.max(pages.length, position + length);
    pages.cold.clear(first(position), behind(position, length));
    pages.warmed.clear(first(position), behind(position, length));
    pages.lookedAt.clear(first(position), behind(position, length));
  }

  private static int first(long position) {
    return (int) (position / PAGE);
  }

  private static int behind(long position, long length) {
    return (int) ((position + length + PAGE - 1) / PAGE);
  }

  private synchronized boolean isCold(Path path, long position, long length) {
    int next = pages(path).cold.nextSetBit(first(position));
    return length > 0 && next >= 0 && next < behind(position, length);
  }

  private synchronized boolean isWhollyCold(Path path, long position, long length) {
    Pages pages = pages(path);
    int coming = pages.coming.nextSetBit(first(position));
    return pages.cold.nextClearBit(first(position)) >= behind(position, length)
        && (coming < 0 || coming >= behind(position, length));
  }

  private synchronized void read(Path path, long position, long length, boolean warms) {
    if (!isCold(path, position, length)) {
      return;
    }
    String thread = Thread.currentThread().getName();
    if (thread.startsWith(neverWaits)) {
      faults.add(thread + " waits for " + path + " at " + position + ", " + length);
    }
    Pages pages = pages(path);
    int first = first(position);
    // As the kernel does, reads somewhat more than it was asked for.
    int behind = behind(position, Math.min(length + (warms ? READ_AHEAD : 0), pages.length));
    pages.coming.set(first, behind);
    await();
    pages.coming.clear(first, behind);
    for (int page = first; page < behind; page++) {
      if (pages.cold.get(page)) {
        pages.cold.clear(page);
        pages.warmed.set(page, warms);
        pages.lookedAt.set(page, !warms && thread.startsWith(COLD_READER));
      }
    }
  }

  private synchronized void await() {
    waiting.incrementAndGet();
    notifyAll();
    try {
      while (held) {
        wait();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      waiting.decrementAndGet();
    }
  }

  private synchronized void drop(Path path, long position, long length) {
    Pages pages = pages(path);
    for (int page = first(position + PAGE - 1); page < (position + length) / PAGE; page++) {
      boolean ours = pages.warmed.get(page) || pages.lookedAt.get(page);
      if (!ours && !pages.cold.get(page)) {
        faults.add("page " + page + " of " + path + " was dropped, but was others'");
      }
    }
    evict(path, position, length);
  }

  @Override
  public DiskFile open(Path path, OpenMode mode) throws IOException {
    DiskFile opened = super.open(path, mode);
    openFiles.incrementAndGet();
    synchronized (this) {
      Pages pages = pages(path);
      pages.length = Math.max(pages.length, opened.size());
    }
    return new File(opened, path);
  }

  private final class File extends ForwardingFile {
    private final Path path;

    File(DiskFile file, Path path) {
      super(file);
      this.path = path;
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      ColdDisk.this.read(path, position, target.remaining(), false);
      return super.read(target, position);
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target)
        throws IOException {
      ColdDisk.this.read(path, position, count, false);
      return super.transferTo(position, count, target);
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
      written(path, position, source.remaining());
      super.write(source, position);
    }

    @Override
    public void write(ByteBuffer[] sources, int count, long position) throws IOException {
      long length = 0;
      for (int i = 0; i < count; i++) {
        length += sources[i].remaining();
      }
      written(path, position, length);
      super.write(sources, count, position);
    }

    @Override
    public boolean isCached(long position, long length) {
      return tellsWhatIsCached && !isCold(path, position, length);
    }

    @Override
    public boolean isUncached(long position, long length) {
      return tellsWhatIsCached && isWhollyCold(path, position, length);
    }

    @Override
    public void warm(long position, long length) {
      ColdDisk.this.read(path, position, length, true);
    }

    @Override
    public void dropFromCache(long position, long length) {
      drop(path, position, length);
    }

    @Override
    public void close() throws IOException {
      openFiles.decrementAndGet();
      super.close();
    }
  }
}
