package io.tailrace.log;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One partition's log. Safe for use by many threads: appends take turns under the log's own lock,
 * reads take none.
 *
 * <p>What a completed {@link #append} means: the batches are in the page cache, so they survive the
 * death of the process by any cause, and any read that starts now sees them. They survive a power
 * loss once {@link #flushedOffset} has passed them. After an append that threw, batches with the
 * outcome APPENDED or DUPLICATE are in the log, and all others are not: the file has been cut back
 * to where they began. Reads, flushes and {@link #setHighWatermark} may run beside an append.
 *
 * <p>{@link DiskFullException}: the log goes on by itself when there is room. Any other failed
 * write takes the log offline for appends until it is opened again, and so does a failed sync,
 * which is never tried twice. Reads go on.
 *
 * <p>Index files, producer snapshots and {@code leader-epoch-checkpoint} are written when a segment
 * is rolled and when the log is closed, never on behalf of an append: none of them is a source of
 * truth, and recovery rebuilds what is missing.
 */
public final class PartitionLog {
  private static final Logger LOG = System.getLogger(PartitionLog.class.getName());

  private final LogState state;
  private final LogFlusher flusher;
  private final PacedWriteback writeback;
  private final LogAppender appender;
  private final LogProgress progress;
  private final LogStart start;
  private final LogRetention retention;
  private final LogTruncation truncation;
  private final TimestampLookup timestamps;

  PartitionLog(LogState state) {
    this.state = state;
    this.flusher = new LogFlusher(state);
    this.writeback = new PacedWriteback(state);
    this.appender = new LogAppender(state, flusher, writeback);
    this.progress = new LogProgress(state, flusher);
    this.start = new LogStart(state, flusher);
    this.retention = new LogRetention(state, start);
    this.truncation = new LogTruncation(state);
    this.timestamps = new TimestampLookup(state);
  }

  /**
   * Keeps room on the disk for half of so many bytes or more, so that they can be appended though
   * it is full. A hint: what can't be kept is not. Costs nothing while there is enough of it. Not
   * for logs that are appended to all the time: on some file systems an append waits for it.
   */
  public void keepRoom(int bytes) {
    try {
      state.segments.active().keepRoom(bytes);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "{0}: no room kept: {1}", state.name, e.getMessage());
    }
  }

  /** The name of its folder: {@code topic-partition}. */
  public String name() {
    return state.name;
  }

  /**
   * Appends batches in order, as their leader: checks the producers' sequence numbers, assigns
   * offsets, writes all accepted batches with one gathered write (or one per segment, if they don't
   * fit into the active one), and publishes the log end offset. Sets the outcome of every batch.
   *
   * @param batches valid batches; their base offset, leader epoch and (with LogAppendTime)
   *     timestamp are patched in their buffers
   * @param count how many of {@code batches}, from the first on
   * @param wallMs append time, and the age of records without timestamp
   */
  public void append(AppendBatch[] batches, int count, int leaderEpoch, long wallMs)
      throws LogException {
    appender.append(batches, count, leaderEpoch, wallMs);
  }

  /**
   * A range of whole batches of one segment, from the one that holds {@code offset} on.
   *
   * @param maxBytes the slice is not longer, save for the next parameter
   * @param atLeastOneBatch serve the first batch even if it is longer
   * @param endOffset only batches below
   * @return empty if there is nothing below {@code endOffset}, or nothing short enough
   * @throws OffsetOutOfRangeException if the offset is below the log's start or above its end
   * @throws QuarantinedOffsetException if its record was damaged; no slice reaches across such ones
   */
  public LogSlice read(long offset, int maxBytes, boolean atLeastOneBatch, long endOffset)
      throws LogException {
    return Objects.requireNonNull(read(offset, maxBytes, atLeastOneBatch, endOffset, true));
  }

  /**
   * Like {@link #read}, but never waits for the disk.
   *
   * @return null if finding the batch needs bytes that are not in memory
   */
  public @Nullable LogSlice readIfCached(
      long offset, int maxBytes, boolean atLeastOneBatch, long endOffset) throws LogException {
    return read(offset, maxBytes, atLeastOneBatch, endOffset, false);
  }

  private @Nullable LogSlice read(
      long offset, int maxBytes, boolean atLeastOneBatch, long endOffset, boolean mayWait)
      throws LogException {
    checkInRange(offset);
    long end = Math.min(Math.min(endOffset, state.offsets.logEnd()), state.readableUntil(offset));
    LogSegment segment = state.segments.floor(offset);
    try {
      while (segment != null && segment.baseOffset() < end && offset < end) {
        int interval = state.config.indexIntervalBytes();
        LogSlice slice = segment.read(offset, maxBytes, atLeastOneBatch, end, interval, mayWait);
        if (slice != null) {
          return slice;
        }
        // Its last batches may be gone: compacted away, or damaged.
        segment = state.segments.after(segment);
      }
      return LogSlice.empty();
    } catch (ColdBytesException e) {
      return null;
    } catch (ClosedChannelException | NoSuchFileException e) {
      checkInRange(offset);
      if (segment != null && state.segments.floor(segment.baseOffset()) != segment) {
        // Replaced by a cleaned one.
        return read(offset, maxBytes, atLeastOneBatch, endOffset, mayWait);
      }
      throw new LogReadException(state.name + " has been closed or deleted", e);
    } catch (IOException e) {
      throw new LogReadException(
          "reading %s at offset %d failed: %s".formatted(state.name, offset, e.getMessage()), e);
    }
  }

  private void checkInRange(long offset) throws OffsetOutOfRangeException {
    long start = state.offsets.logStart();
    long end = state.offsets.logEnd();
    if (offset < start || offset > end) {
      throw new OffsetOutOfRangeException(state.name, offset, start, end);
    }
  }

  public long logStartOffset() {
    return state.offsets.logStart();
  }

  public long logEndOffset() {
    return state.offsets.logEnd();
  }

  public long highWatermark() {
    return state.offsets.highWatermark();
  }

  public long lastStableOffset() {
    return state.offsets.lastStable();
  }

  /** What lies below survives a power loss. */
  public long flushedOffset() {
    return state.offsets.flushed();
  }

  /** What lies below has been compacted; −1 if that never was. */
  public long cleanedOffset() {
    return state.cleaned;
  }

  /** Clamped to the log's start and end: what a leader says may be ahead of a follower's log. */
  public void setHighWatermark(long offset) {
    state.offsets.commitTo(offset);
  }

  /** Raises the high watermark, at most to the log's end; returns whether it was lower. */
  public boolean advanceHighWatermark(long offset) {
    return state.offsets.commitUpTo(offset);
  }

  /**
   * Makes all completed appends durable (fdatasync). Callers at the same time share one sync.
   *
   * @throws LogOfflineException if it failed, now or ever before
   */
  public void flush() throws LogException {
    state.checkOnline();
    flusher.flush(state.offsets.logEnd());
  }

  /**
   * Raises the log's start; segments that lie wholly before it are deleted. After a crash the start
   * may be the old one, until {@link #saveLogStart} or a checkpoint.
   *
   * @throws OffsetOutOfRangeException if the offset is above the high watermark
   */
  public void deleteRecordsBefore(long offset) throws LogException {
    start.raiseTo(offset);
  }

  /**
   * Makes the log's start survive a power loss: callers at the same time share one write, also
   * those of other logs.
   */
  public void saveLogStart() throws IOException {
    state.context.checkpoints().saveStarts();
  }

  /**
   * Deletes the segments that {@code retention.ms} and {@code retention.bytes} no longer keep.
   * Reads the disk.
   */
  public void applyRetention(long wallMs) throws LogException {
    retention.apply(wallMs);
  }

  /**
   * Cuts off the batch that holds {@code offset}, and all behind it. Nothing happens if that is not
   * below the log's end.
   *
   * @throws OffsetOutOfRangeException if the offset is below the log's start
   */
  public void truncateTo(long offset) throws LogException {
    truncation.truncateTo(offset);
  }

  /** The epoch of the newest batch; −1 if there is none. */
  public int latestEpoch() {
    return state.epochs.latestEpoch();
  }

  /**
   * Where the records of an epoch end (KIP-101, KIP-320).
   *
   * @return the largest known epoch not above {@code epoch} and the offset behind its last record;
   *     null if the epoch is above all that the log has
   */
  public @Nullable EpochEnd endOffsetForEpoch(int epoch) {
    return state.epochs.endOffset(epoch, state.offsets.logEnd());
  }

  /** The leader epoch that the record at an offset was written in; −1 if unknown. */
  public int epochForOffset(long offset) {
    return state.epochs.epochAt(offset);
  }

  /** The first record, by offset, with {@code timestamp} (ms) or a later one; null if none has. */
  public @Nullable TimestampedOffset offsetForTimestamp(long timestamp) throws LogException {
    return timestamps.firstAtOrAfter(timestamp);
  }

  /**
   * When the first readable record at or behind an offset was written: how long a reader that
   * stands there has left it unread. Reads one batch header, or nothing if there is no such record.
   *
   * <p>The time is that of the first record of the batch: exact where the offset is that record's,
   * or the batch has LogAppendTime; else earlier, by less than the batch's records lie apart.
   *
   * @return the record's offset, or one in a gap before it, and that time; null if nothing is left
   *     below the high watermark
   */
  public @Nullable TimestampedOffset timestampAt(long offset) throws LogException {
    return timestamps.at(offset);
  }

  /** The first record with the log's largest timestamp (KIP-734); null if no record has one. */
  public @Nullable TimestampedOffset maxTimestamp() throws LogException {
    return timestamps.greatest();
  }

  /** Bytes of all segment files. */
  public long sizeInBytes() {
    long sum = 0;
    for (LogSegment segment : state.segments.all()) {
      sum += segment.size();
    }
    return sum;
  }

  /** The idempotent producers the log remembers, by id. */
  public List<ActiveProducer> activeProducers() {
    state.appendLock.lock();
    try {
      return state.producers.sorted().stream().map(ActiveProducer::of).toList();
    } finally {
      state.appendLock.unlock();
    }
  }

  /** Forgets producers that have been silent for {@code producer.id.expiration.ms}. */
  public void expireProducers(long wallMs, long expirationMs) {
    state.appendLock.lock();
    try {
      state.producers.expire(wallMs, expirationMs);
    } finally {
      state.appendLock.unlock();
    }
  }

  public LogConfig config() {
    return state.config;
  }

  /** Takes effect with the next append; segments stay as they are. */
  public void setConfig(LogConfig config) {
    state.config = config;
  }

  /** Why the log takes no appends; null while it does. */
  public @Nullable String offlineReason() {
    return state.offlineReason();
  }

  /** See {@link LogProgress#save}. */
  void saveProgress(int leastBytes) {
    progress.save(leastBytes);
  }

  /**
   * Makes everything durable, and writes the files that let the next start do without recovery.
   * Slices that are out stay readable.
   *
   * @throws LogException if that failed; the log is closed all the same, and must be recovered
   */
  void close() throws LogException {
    state.appendLock.lock();
    state.flushLock.lock();
    try {
      state.checkOnline();
      flusher.finish();
    } finally {
      abandonLocked("it is closed");
      state.flushLock.unlock();
      state.appendLock.unlock();
    }
  }

  /** The disk that it is on has failed: no more appends. Reads go on as far as they can. */
  void takeOffline(LogOfflineException reason) {
    state.takeOffline(String.valueOf(reason.getMessage()), reason);
  }

  /** Lets go of the files without another write. */
  void abandon(String reason) {
    state.appendLock.lock();
    state.flushLock.lock();
    try {
      abandonLocked(reason);
    } finally {
      state.flushLock.unlock();
      state.appendLock.unlock();
    }
  }

  private void abandonLocked(String reason) {
    state.takeOffline(reason, null);
    writeback.end();
    for (LogSegment segment : state.segments.all()) {
      segment.close();
    }
  }

  /** Drops what inactive segments keep in memory and can read again. */
  void unloadIdle() {
    LogSegment active = state.segments.active();
    for (LogSegment segment : state.segments.all()) {
      segment.pages().tick();
      if (segment != active) {
        segment.unloadIndexIfIdle();
      }
    }
  }

  LogState state() {
    return state;
  }
}
