package io.tailrace.broker.partition;

import io.tailrace.log.AppendBatch;
import io.tailrace.log.LogConfig;
import io.tailrace.log.LogException;
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
 */
public final class Partition {

  /** Where a partition's log comes from, the first time that it is needed. */
  public interface LogSource {
    PartitionLog open() throws LogException;
  }

  /** Somebody who waits for records to become readable. Told on any thread, perhaps repeatedly. */
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
  private final LogSource source;
  private final Executor flusher;
  private final Set<Watcher> watchers = ConcurrentHashMap.newKeySet();
  private volatile ProduceRules produceRules;
  private volatile @Nullable Opened opened;
  private volatile boolean deleted;
  private volatile long cleanSinceNs;

  private record Opened(PartitionLog log, GroupCommit groupCommit) {}

  public Partition(
      String topic,
      UUID topicId,
      int index,
      int leaderEpoch,
      ProduceRules produceRules,
      LogSource source,
      Executor flusher) {
    this.topic = topic;
    this.topicId = topicId;
    this.index = index;
    this.leaderEpoch = leaderEpoch;
    this.produceRules = produceRules;
    this.source = source;
    this.flusher = flusher;
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

  /** Takes up changed settings of the topic. */
  public void configure(ProduceRules rules, LogConfig logConfig) {
    produceRules = rules;
    PartitionLog log = logIfOpen();
    if (log != null) {
      log.setConfig(logConfig);
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

  private synchronized Opened open() throws LogException {
    Opened now = opened;
    if (now == null) {
      PartitionLog log = source.open();
      now = new Opened(log, new GroupCommit(log, flusher));
      opened = now;
    }
    return now;
  }

  /**
   * Appends batches as {@link PartitionLog#append} does, and moves the high watermark as far as the
   * topic's durability allows.
   *
   * @return whether the appended batches may be acknowledged now; if not, ask {@link #whenDurable}
   */
  public boolean append(AppendBatch[] batches, int count, long wallMs) throws LogException {
    PartitionLog log = log();
    log.append(batches, count, leaderEpoch, wallMs);
    if (mustFlush(log)) {
      return false;
    }
    if (!syncsEveryAppend(log)) {
      advance(log, log.logEndOffset());
    }
    return true;
  }

  /**
   * Calls back once everything appended so far is durable; the high watermark has moved by then.
   */
  public void whenDurable(DurabilityListener listener) throws LogException {
    Opened now = opened();
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

  /** Flushes if records have waited for {@code flush.ms}; any thread may call it now and then. */
  public void flushIfDue(long nowNs) {
    Opened now = opened;
    if (now == null || now.log().config().flushMs() == Long.MAX_VALUE) {
      return;
    }
    boolean dirty = now.log().flushedOffset() < now.log().logEndOffset();
    if (!dirty) {
      cleanSinceNs = nowNs;
    } else if (nowNs - cleanSinceNs >= now.log().config().flushMs() * 1_000_000) {
      cleanSinceNs = nowNs;
      now.groupCommit().request(failure -> {});
    }
  }

  private static boolean mustFlush(PartitionLog log) {
    return log.logEndOffset() - log.flushedOffset() >= log.config().flushMessages();
  }

  private static boolean syncsEveryAppend(PartitionLog log) {
    return log.config().flushMessages() <= 1;
  }

  private void advance(PartitionLog log, long offset) {
    if (log.advanceHighWatermark(offset)) {
      for (Watcher watcher : watchers) {
        watcher.advanced();
      }
    }
  }

  /**
   * Registers {@code watcher} until {@link #unwatch}. Whoever looks at the high watermark first and
   * registers then must look again: it may have moved in between.
   */
  public void watch(Watcher watcher) {
    watchers.add(watcher);
  }

  public void unwatch(Watcher watcher) {
    watchers.remove(watcher);
  }

  /** The topic is gone: wakes all who wait, so that they find out. */
  public void markDeleted() {
    deleted = true;
    for (Watcher watcher : watchers) {
      watcher.advanced();
    }
  }

  public boolean isDeleted() {
    return deleted;
  }

  @Override
  public String toString() {
    return topic + "-" + index;
  }
}
