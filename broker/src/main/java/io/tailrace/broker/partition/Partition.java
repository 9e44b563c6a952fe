package io.tailrace.broker.partition;

import io.tailrace.log.AppendBatch;
import io.tailrace.log.LogConfig;
import io.tailrace.log.LogException;
import io.tailrace.log.LogOfflineException;
import io.tailrace.log.LogRecoveringException;
import io.tailrace.log.PartitionLog;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A partition that this broker leads: its log, and those who wait for it to grow. Safe for use by
 * many threads.
 *
 * <p>The in-sync replica set is this broker alone, so the high watermark follows the log end: at
 * once where the page cache is the promise, after {@code fdatasync} where the topic asks for
 * durability ({@code flush.messages=1}).
 *
 * <p>There may be 100,000 of them, most of them idle: until it is used a partition is this object
 * alone, and what it has in common with others it shares with them.
 */
public final class Partition {

  /** Where a partition's log comes from, the first time that it is needed. */
  public interface LogSource {
    PartitionLog open(Partition partition, LogConfig config) throws LogException;
  }

  /**
   * What all partitions of a broker have in common.
   *
   * @param flusher runs syncs
   * @param timedFlushes told of records that {@code flush.ms} concerns
   */
  public record Context(LogSource logs, Executor flusher, TimedFlushes timedFlushes) {}

  /** Somebody who waits for records to become readable. Told on any thread; must not block. */
  public interface Watcher {
    void advanced();
  }

  /** Somebody who waits for an append to become durable. Told once, on any thread. */
  public interface DurabilityListener {
    /**
     * @param failure null if the append is durable
     */
    void durable(@Nullable LogException failure);
  }

  private final String topic;
  private final UUID topicId;
  private final int index;
  private final int leaderEpoch;
  private final Context context;
  private volatile @Nullable Set<Watcher> watchers;
  private volatile ProduceRules produceRules;
  private LogConfig logConfig; // guarded by this
  private volatile @Nullable Opened opened;
  private volatile boolean deleted;
  private boolean syncsFound; // guarded by this

  /** Null unless an append has failed that producers are going to repeat. */
  private volatile @Nullable RefusedBatches refused;

  private record Opened(PartitionLog log, GroupCommit groupCommit) {}

  public Partition(
      String topic,
      UUID topicId,
      int index,
      int leaderEpoch,
      ProduceRules produceRules,
      LogConfig logConfig,
      Context context) {
    this.topic = topic;
    this.topicId = topicId;
    this.index = index;
    this.leaderEpoch = leaderEpoch;
    this.produceRules = produceRules;
    this.logConfig = logConfig;
    this.context = context;
  }

  public String topic() {
    return topic;
  }

  public UUID topicId() {
    return topicId;
  }

  public int index() {
    return index;
  }

  public int leaderEpoch() {
    return leaderEpoch;
  }

  public ProduceRules produceRules() {
    return produceRules;
  }

  public synchronized LogConfig logConfig() {
    return logConfig;
  }

  /** Takes up changed settings of the topic. */
  public synchronized void configure(ProduceRules rules, LogConfig config) {
    produceRules = rules;
    logConfig = config;
    PartitionLog log = logIfOpen();
    if (log != null) {
      log.setConfig(config);
      noteUnflushed(log);
    }
  }

  /** The log, opened now if this is its first use. */
  public PartitionLog log() throws LogException {
    return opened().log();
  }

  /** The log if it has been used since the broker started, else null. */
  public @Nullable PartitionLog logIfOpen() {
    Opened now = opened;
    return now == null ? null : now.log();
  }

  private Opened opened() throws LogException {
    Opened now = opened;
    return now == null ? open() : now;
  }

  /** Never once the topic is deleted: that would make the folder of its log anew. */
  private synchronized Opened open() throws LogException {
    Opened now = opened;
    if (now != null) {
      return now;
    }
    if (deleted) {
      throw new LogOfflineException(this + " has been deleted", null);
    }
    if (!syncsFound) {
      PartitionLog log = context.logs().open(this, logConfig);
      serveFound(new Opened(log, new GroupCommit(log, context.flusher())));
    }
    now = opened;
    if (now == null) {
      throw new LogRecoveringException(toString());
    }
    return now;
  }

  /**
   * What a crash has left beyond the last high watermark is committed: there is no other replica to
   * ask, and some of it was acknowledged. Where that means durable, nobody sees it before it is, or
   * a power loss could take the high watermark back; and an event loop must not wait for that.
   */
  private void serveFound(Opened found) {
    PartitionLog log = found.log();
    if (committable(log) == log.logEndOffset()) {
      opened = found;
      advance(log, log.logEndOffset());
    } else {
      syncsFound = true;
      sync(found, failure -> serveSynced(found));
    }
  }

  /** Or offline, if that has failed. */
  private synchronized void serveSynced(Opened found) {
    found.log().setConfig(logConfig);
    opened = found;
  }

  /**
   * Appends batches as {@link PartitionLog#append} does, and moves the high watermark as far as the
   * topic's durability allows. The order of the array's elements may change.
   *
   * @return whether the appended batches may be acknowledged now; if not, ask {@link #whenDurable}
   */
  public boolean append(AppendBatch[] batches, int count, long wallMs) throws LogException {
    RefusedBatches before = refused;
    int due = before == null ? count : before.withhold(batches, count);
    try {
      PartitionLog log = log();
      appendTo(log, batches, due, wallMs);
      return commit(log);
    } catch (LogException e) {
      refused().add(batches, due);
      throw e;
    }
  }

  private void appendTo(PartitionLog log, AppendBatch[] batches, int count, long wallMs)
      throws LogException {
    try {
      log.append(batches, count, leaderEpoch, wallMs);
    } finally {
      noteUnflushed(log);
    }
  }

  private synchronized RefusedBatches refused() {
    RefusedBatches all = refused;
    if (all == null) {
      all = new RefusedBatches();
      refused = all;
    }
    return all;
  }

  /**
   * Moves the high watermark.
   *
   * @return false if what has been appended must be durable first
   */
  private boolean commit(PartitionLog log) {
    if (mustFlush(log)) {
      return false;
    }
    advance(log, committable(log));
    return true;
  }

  /**
   * Calls back once everything appended so far is durable; the high watermark has moved by then.
   *
   * @throws IllegalStateException if the partition has never been used
   */
  public void whenDurable(DurabilityListener listener) {
    Opened now = opened;
    if (now == null) {
      throw new IllegalStateException(this + " is not open: nothing was appended");
    }
    sync(now, listener);
  }

  private void sync(Opened now, DurabilityListener listener) {
    now.groupCommit()
        .request(failure -> {
          if (failure == null) {
            advance(now.log(), now.log().flushedOffset());
          }
          listener.durable(failure);
        });
  }

  /** Start of the log; 0 if it has not been opened. */
  public long logStartOffset() {
    PartitionLog log = logIfOpen();
    return log == null ? 0 : log.logStartOffset();
  }

  private void noteUnflushed(PartitionLog log) {
    if (log.config().flushMs() < Long.MAX_VALUE) {
      context.timedFlushes().add(this);
    }
  }

  /** Whether there are records that {@link #flush} would make durable. */
  boolean isUnflushed() {
    PartitionLog log = logIfOpen();
    return log != null && log.flushedOffset() < log.logEndOffset();
  }

  /** How long records may wait for {@link #flush}; without end if that is Long.MAX_VALUE. */
  long flushMs() {
    PartitionLog log = logIfOpen();
    return log == null ? Long.MAX_VALUE : log.config().flushMs();
  }

  /** Asks for what has been appended to be made durable; nobody waits for it. */
  void flush() {
    Opened now = opened;
    if (now != null) {
      sync(now, failure -> {});
    }
  }

  private static boolean mustFlush(PartitionLog log) {
    return log.logEndOffset() - log.flushedOffset() >= log.config().flushMessages();
  }

  /** How far the high watermark may go. */
  private static long committable(PartitionLog log) {
    return log.config().flushMessages() <= 1 ? log.flushedOffset() : log.logEndOffset();
  }

  private void advance(PartitionLog log, long offset) {
    if (log.advanceHighWatermark(offset)) {
      tellWatchers();
    }
  }

  /** Taken off the list before it is told, so that a watch which that begets is not taken off. */
  private void tellWatchers() {
    Set<Watcher> waiting = watchers;
    if (waiting == null) {
      return;
    }
    for (Watcher watcher : waiting) {
      if (waiting.remove(watcher)) {
        watcher.advanced();
      }
    }
  }

  /**
   * Tells {@code watcher} once, when the high watermark next moves or the topic is deleted. One
   * that nobody asks for any more thus costs appends nothing. Whoever looks at the high watermark
   * first and watches then must look again: it may have moved in between.
   */
  public void watch(Watcher watcher) {
    Set<Watcher> waiting = watchers;
    (waiting == null ? makeWatchers() : waiting).add(watcher);
  }

  private synchronized Set<Watcher> makeWatchers() {
    Set<Watcher> waiting = watchers;
    if (waiting == null) {
      waiting = ConcurrentHashMap.newKeySet();
      watchers = waiting;
    }
    return waiting;
  }

  public void unwatch(Watcher watcher) {
    Set<Watcher> waiting = watchers;
    if (waiting != null) {
      waiting.remove(watcher);
    }
  }

  /** The topic is gone: wakes all who wait, so that they find out. */
  public void markDeleted() {
    synchronized (this) {
      deleted = true;
    }
    tellWatchers();
  }

  public boolean isDeleted() {
    return deleted;
  }

  /** Also the name of its log's folder. */
  @Override
  public String toString() {
    return topic + "-" + index;
  }
}
