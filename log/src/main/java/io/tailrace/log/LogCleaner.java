package io.tailrace.log;

import io.tailrace.env.Clock;
import io.tailrace.env.Environment;
import io.tailrace.env.Threads;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Compacts logs ({@code cleanup.policy=compact}) on threads of its own: again and again the one of
 * which the largest part is new. Safe for use by many threads.
 *
 * <p>A log that can't be compacted is logged as an error, and tried again after a minute, two, four
 * … up to an hour, or as soon as its settings change or records are deleted from it. The others go
 * on meanwhile.
 *
 * <p>Close it before the {@link LogManager}s of its logs.
 */
public final class LogCleaner implements AutoCloseable {
  private static final Logger LOG = System.getLogger(LogCleaner.class.getName());
  private static final long FIRST_RETRY_MS = 60_000;
  private static final long LAST_RETRY_MS = 60 * 60_000;

  /** A problem that stays is logged again after so long. */
  private static final long TELL_AGAIN_MS = 60 * 60_000;

  /** The logs that are to be compacted, as their owner knows them. */
  public interface Logs {
    /** Shows each of them. */
    void forEachCompacted(Visitor visitor);

    /** Looks at a log. */
    interface Visitor {
      /**
       * @param folder where it is
       * @param opener gives the log, which is opened if it is not
       */
      void log(LogManager folder, String name, Opener opener);
    }

    /** Opens a log. */
    interface Opener {
      PartitionLog open() throws LogException;
    }
  }

  private final Clock clock;
  private final Logs logs;
  private final long hashKey0;
  private final long hashKey1;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wake = lock.newCondition();

  // Guarded by the lock, as far as they change.
  private final BitSet running = new BitSet();
  private final Set<PartitionLog> inProgress = new HashSet<>();
  private final Map<PartitionLog, CleanerPause> pauses = new HashMap<>();
  private volatile CleanerSettings settings;
  private volatile IoRate rate = new IoRate();
  private volatile boolean closed;

  /** Starts no thread before {@link #configure}. */
  public LogCleaner(Environment environment, CleanerSettings settings, Logs logs) {
    this.clock = environment.clock();
    this.hashKey0 = environment.randomness().nextLong();
    this.hashKey1 = environment.randomness().nextLong();
    this.settings = settings;
    this.logs = logs;
  }

  /** Takes up changed settings, and starts or ends threads accordingly. */
  public void configure(CleanerSettings changed) {
    lock.lock();
    try {
      settings = changed;
      rate = new IoRate();
      for (int i = 0; i < wantedThreads(); i++) {
        if (!running.get(i)) {
          running.set(i);
          int index = i;
          Threads.start("tailrace-log-cleaner-" + i, () -> run(index));
        }
      }
      wake.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private int wantedThreads() {
    return settings.enable() && !closed ? settings.threads() : 0;
  }

  /** Lets go of what is being cleaned, and waits for the threads to end. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      wake.signalAll();
      while (!running.isEmpty()) {
        wake.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  private void run(int index) {
    boolean cleaned = false;
    while (isWanted(index)) {
      if (!cleaned) {
        pause(TimeUnit.MILLISECONDS.toNanos(settings.backoffMs()));
      }
      try {
        cleaned = cleanDirtiest(clock.wallMs(), clock.nanoTime());
      } catch (RuntimeException | OutOfMemoryError e) {
        cleaned = false;
        LOG.log(Level.ERROR, "a defect in Tailrace: choosing a log to compact failed", e);
      }
    }
  }

  private boolean isWanted(int index) {
    lock.lock();
    try {
      boolean wanted = index < wantedThreads();
      if (!wanted) {
        running.clear(index);
        wake.signalAll();
      }
      return wanted;
    } finally {
      lock.unlock();
    }
  }

  /** Ends early when settings change, or the cleaner is closed. */
  private void pause(long ns) {
    lock.lock();
    try {
      if (!closed && ns > 0) {
        wake.awaitNanos(ns);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  /** See {@link CleanerTools.Pace}. A change of the settings ends the wait. */
  private void spend(long bytes) throws CleaningAbortedException {
    IoRate current = rate;
    long start = clock.nanoTime();
    long wait = current.waitNs(bytes, settings.ioMaxBytesPerSecond(), start);
    for (long left = wait;
        left > 0 && !closed && rate == current;
        left = wait - (clock.nanoTime() - start)) {
      pause(left);
    }
    if (closed) {
      throw new CleaningAbortedException("the log cleaner is closing");
    }
  }

  /** Which logs can't be compacted, by name, and why. */
  public Map<String, String> problems() {
    lock.lock();
    try {
      Map<String, String> problems = new TreeMap<>();
      pauses.forEach((log, pause) -> {
        if (pause.problem() != null) {
          problems.put(log.name(), pause.problem());
        }
      });
      return problems;
    } finally {
      lock.unlock();
    }
  }

  /** Compacts one log, if there is one that is due; returns whether there was. */
  boolean cleanDirtiest(long wallMs, long nowNs) {
    Dirtiest found = choose(wallMs, nowNs);
    if (found == null) {
      return false;
    }
    CleanerPause pause = null;
    try {
      pause = clean(found, wallMs, nowNs);
    } finally {
      release(found.log, pause);
    }
    return true;
  }

  private void release(PartitionLog log, @Nullable CleanerPause pause) {
    lock.lock();
    try {
      inProgress.remove(log);
      if (pause == null) {
        pauses.remove(log);
      } else {
        pauses.put(log, pause);
      }
    } finally {
      lock.unlock();
    }
  }

  private record Dirtiest(LogManager folder, PartitionLog log, CleanableRange range) {}

  /** Marks the log it returns as being cleaned. */
  private @Nullable Dirtiest choose(long wallMs, long nowNs) {
    Choice choice = new Choice(wallMs, nowNs);
    lock.lock();
    try {
      logs.forEachCompacted(choice);
      pauses.keySet().retainAll(choice.seen);
      if (choice.best != null) {
        inProgress.add(choice.best.log);
      }
      return choice.best;
    } finally {
      lock.unlock();
    }
  }

  /** Looks for the log of which the largest part is new. */
  private final class Choice implements Logs.Visitor {
    private final long wallMs;
    private final long nowNs;
    private final Set<PartitionLog> seen = new HashSet<>();
    private @Nullable Dirtiest best;

    Choice(long wallMs, long nowNs) {
      this.wallMs = wallMs;
      this.nowNs = nowNs;
    }

    @Override
    public void log(LogManager folder, String name, Logs.Opener opener) {
      try {
        PartitionLog log = folder.ifOpen(name);
        if (log == null && folder.mayHoldDirty(name)) {
          log = opener.open();
        }
        if (log != null) {
          seen.add(log);
          consider(folder, log);
        }
      } catch (LogException | IOException e) {
        // Who uses the log is told; and if nobody does, it is as good as not there.
        LOG.log(Level.DEBUG, "{0} is not looked at: {1}", name, e.getMessage());
      }
    }

    private void consider(LogManager folder, PartitionLog log) throws IOException {
      CleanerPause pause = pauses.get(log);
      boolean waits = pause != null && !pause.isOver(log, nowNs);
      if (waits || inProgress.contains(log) || log.offlineReason() != null) {
        return;
      }
      CleanableRange range = CleanableRange.of(log.state(), wallMs);
      boolean dirtier = best == null || range.ratio() > best.range.ratio();
      if (dirtier && range.isDue(log.config().cleanup())) {
        best = new Dirtiest(folder, log, range);
      }
    }
  }

  /** Returns null, or why the log is to be left alone for now. */
  private @Nullable CleanerPause clean(Dirtiest found, long wallMs, long nowNs) {
    PartitionLog log = found.log;
    LogConfig config = log.config();
    long logStart = log.logStartOffset();
    long logEnd = log.logEndOffset();
    String problem = null;
    try {
      if (run(found, wallMs)) {
        return null;
      }
    } catch (CleaningAbortedException e) {
      LOG.log(Level.DEBUG, "not compacted: {0}", e.getMessage());
      return null;
    } catch (CleaningException
        | LogException
        | IOException
        | RuntimeException
        | OutOfMemoryError e) {
      if (log.offlineReason() != null) {
        LOG.log(Level.WARNING, "not compacted: {0}", e.getMessage());
        return null;
      }
      problem = problem(log, e);
    }
    CleanerPause before = pauseOf(log);
    long retryMs = before == null ? FIRST_RETRY_MS : Math.min(2 * before.retryMs(), LAST_RETRY_MS);
    long toldMs = problem == null ? 0 : tell(problem, before, wallMs, retryMs);
    long untilNs = nowNs + TimeUnit.MILLISECONDS.toNanos(retryMs);
    return new CleanerPause(problem, untilNs, retryMs, toldMs, config, logStart, logEnd);
  }

  /** Returns whether anything could be cleaned. */
  private boolean run(Dirtiest found, long wallMs)
      throws IOException, LogException, CleaningException, CleaningAbortedException {
    long cleaned;
    try (CleanerTools tools =
        CleanerTools.of(settings, new KeyHash(hashKey0, hashKey1), this::spend)) {
      cleaned = new LogCleaning(found.log, found.range, tools, wallMs).run();
    }
    boolean some = cleaned > found.range.firstDirty();
    if (some) {
      found.folder.cleaned(found.log, cleaned);
    }
    return some;
  }

  private @Nullable CleanerPause pauseOf(PartitionLog log) {
    lock.lock();
    try {
      return pauses.get(log);
    } finally {
      lock.unlock();
    }
  }

  private static String problem(PartitionLog log, Throwable failure) {
    return switch (failure) {
      case CleaningException e -> String.valueOf(e.getMessage());
      case OutOfMemoryError _ ->
          log.name()
              + " can't be compacted: a batch, or its keys, don't fit into memory: give the JVM"
              + " more (-Xmx; -XX:MaxDirectMemorySize where that is set), or lower"
              + " log.cleaner.dedupe.buffer.size";
      case RuntimeException e -> log.name() + " can't be compacted, a defect in Tailrace: " + e;
      default ->
          log.name()
              + " can't be compacted: "
              + failure.getMessage()
              + ". Look at the disk and its free space";
    };
  }

  /** Returns when the problem was logged last. */
  private static long tell(
      String problem, @Nullable CleanerPause before, long wallMs, long retryMs) {
    if (before != null
        && problem.equals(before.problem())
        && wallMs - before.toldMs() < TELL_AGAIN_MS) {
      return before.toldMs();
    }
    LOG.log(
        Level.ERROR,
        "{0}. It grows until then; other logs are compacted. Tried again in {1} s, or when its"
            + " settings change or records are deleted",
        problem,
        retryMs / 1000);
    return wallMs;
  }
}
