package io.tailrace.log;

import io.tailrace.env.DiskFile;
import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Appends batches to a log: see {@link PartitionLog#append} for the contract. Under the append lock
 * it checks sequence numbers, assigns offsets and writes once; a roll comes in between only when a
 * batch does not fit. Allocates nothing for an append to a segment that has room, but what its
 * index grows by.
 */
final class LogAppender {
  private final LogState state;
  private final LogFlusher flusher;
  private final PacedWriteback writeback;

  /** Accepted, but not written yet. */
  private AppendBatch[] pending = new AppendBatch[1];

  private ByteBuffer[] pendingBytes = new ByteBuffer[1];
  private int pendingCount;
  private int pendingSize;
  private long nextOffset;
  private long rollJitterMs;

  LogAppender(LogState state, LogFlusher flusher, PacedWriteback writeback) {
    this.state = state;
    this.flusher = flusher;
    this.writeback = writeback;
  }

  void append(AppendBatch[] batches, int count, int leaderEpoch, long wallMs) throws LogException {
    LogConfig config = state.config;
    for (int i = 0; i < count; i++) {
      batches[i].reset();
      if (config.logAppendTime()) {
        AppendBatch batch = batches[i];
        RecordBatch.setLogAppendTime(batch.buffer(), batch.position(), batch.sizeInBytes(), wallMs);
      }
    }
    state.appendLock.lock();
    try {
      state.checkOnline();
      nextOffset = state.offsets.logEnd();
      for (int i = 0; i < count; i++) {
        place(batches[i], leaderEpoch, wallMs, config);
      }
      writePending(leaderEpoch, wallMs, config);
    } finally {
      if (pendingCount > 0) {
        state.producers.abandon();
        clearPending();
      }
      state.appendLock.unlock();
    }
  }

  private void place(AppendBatch batch, int leaderEpoch, long wallMs, LogConfig config)
      throws LogException {
    AppendOutcome outcome = check(batch, config);
    if (outcome == AppendOutcome.OUT_OF_ORDER_SEQUENCE && pendingCount > 0) {
      // It may repeat a batch of this very call, which is recognised once that one has an offset.
      writePending(leaderEpoch, wallMs, config);
      outcome = check(batch, config);
    }
    if (outcome != AppendOutcome.APPENDED) {
      if (outcome != AppendOutcome.DUPLICATE) {
        batch.finish(outcome, -1, RecordBatch.NO_TIMESTAMP);
      }
      return;
    }
    if (needsRoll(batch, wallMs, config)) {
      writePending(leaderEpoch, wallMs, config);
      roll(config);
    }
    accept(batch, leaderEpoch);
  }

  private AppendOutcome check(AppendBatch batch, LogConfig config) {
    if (batch.sizeInBytes() > config.maxMessageBytes()) {
      return AppendOutcome.MESSAGE_TOO_LARGE;
    }
    if (batch.sizeInBytes() > config.segmentBytes()) {
      return AppendOutcome.RECORD_LIST_TOO_LARGE;
    }
    return RecordBatch.hasProducerId(batch.buffer(), batch.position())
        ? state.producers.check(batch)
        : AppendOutcome.APPENDED;
  }

  private void accept(AppendBatch batch, int leaderEpoch) {
    ByteBuffer buffer = batch.buffer();
    int at = batch.position();
    RecordBatch.patch(buffer, at, nextOffset, leaderEpoch);
    if (RecordBatch.hasProducerId(buffer, at)) {
      state.producers.accept(buffer, at);
    }
    if (pendingCount == pending.length) {
      pending = Arrays.copyOf(pending, 2 * pendingCount);
      pendingBytes = Arrays.copyOf(pendingBytes, 2 * pendingCount);
    }
    pending[pendingCount] = batch;
    pendingBytes[pendingCount] = batch.bytes();
    pendingCount++;
    pendingSize += batch.sizeInBytes();
    nextOffset = RecordBatch.nextOffset(buffer, at);
  }

  private boolean needsRoll(AppendBatch batch, long wallMs, LogConfig config)
      throws LogOfflineException {
    LogSegment active = state.segments.active();
    if (active.size() == 0 && pendingSize == 0) {
      return false;
    }
    long lastOffset = nextOffset + RecordBatch.lastOffsetDelta(batch.buffer(), batch.position());
    return (long) active.size() + pendingSize + batch.sizeInBytes() > config.segmentBytes()
        || lastOffset - active.baseOffset() > Integer.MAX_VALUE
        || active.isIndexFull(config.segmentIndexBytes())
        || isAged(active, batch, wallMs, config);
  }

  /** As Kafka: by the records' own time, and by the wall clock only if they have none. */
  private boolean isAged(LogSegment active, AppendBatch batch, long wallMs, LogConfig config)
      throws LogOfflineException {
    if (active.size() == 0) {
      return false;
    }
    try {
      long first = active.firstTimestamp(wallMs);
      long own = RecordBatch.maxTimestamp(batch.buffer(), batch.position());
      long now = own == RecordBatch.NO_TIMESTAMP ? wallMs : own;
      return now - first > config.rollMs() - rollJitterMs;
    } catch (IOException e) {
      throw state.takeOffline("reading the first batch of " + active.path() + " failed: " + e, e);
    }
  }

  private void writePending(int leaderEpoch, long wallMs, LogConfig config) throws LogException {
    if (pendingCount == 0) {
      return;
    }
    LogSegment active = state.segments.active();
    try {
      active.write(pendingBytes, pendingCount);
    } catch (IOException e) {
      throw writeFailed(active, e);
    }
    state.epochs.assign(leaderEpoch, state.offsets.logEnd());
    active.appended(pending, pendingCount, config.indexIntervalBytes());
    for (int i = 0; i < pendingCount; i++) {
      AppendBatch batch = pending[i];
      ByteBuffer buffer = batch.buffer();
      if (RecordBatch.hasProducerId(buffer, batch.position())) {
        state.producers.update(buffer, batch.position());
      }
      batch.finish(
          AppendOutcome.APPENDED,
          RecordBatch.baseOffset(buffer, batch.position()),
          config.logAppendTime() ? wallMs : RecordBatch.NO_TIMESTAMP);
    }
    state.producers.complete();
    state.offsets.appendedTo(nextOffset);
    clearPending();
    writeback.appended(active, config);
  }

  private void clearPending() {
    Arrays.fill(pending, 0, pendingCount, null);
    Arrays.fill(pendingBytes, 0, pendingCount, null);
    pendingCount = 0;
    pendingSize = 0;
  }

  private LogException writeFailed(LogSegment active, IOException cause) {
    int size = active.size();
    String what =
        "writing %d bytes to %s at position %d failed: %s"
            .formatted(pendingSize, active.path(), size, cause.getMessage());
    boolean diskFull = isDiskFull(cause);
    try {
      active.cutBack();
    } catch (IOException e) {
      cause.addSuppressed(e);
      return state.takeOffline(what + "; cutting it back to that position failed, too", cause);
    }
    if (!diskFull) {
      return state.takeOffline(what, cause);
    }
    state.context.deletions().hasten();
    return new DiskFullException(
        what + ". Free or add space: the log then goes on by itself", cause);
  }

  /** By the room that is left, because the text of the error is in the language of the machine. */
  private boolean isDiskFull(IOException cause) {
    if (DiskTrouble.isFull(cause)) {
      return true;
    }
    try {
      return state.context.disk().usableBytes(state.directory) < pendingSize;
    } catch (IOException e) {
      cause.addSuppressed(e);
      return false;
    }
  }

  /** Starts a new segment; what the old one still needs is done in the background. */
  private void roll(LogConfig config) throws LogOfflineException {
    LogSegment sealed = state.segments.active();
    try {
      sealed.syncCutBack();
    } catch (IOException e) {
      throw state.takeOffline("fdatasync of " + sealed.path() + " failed: " + e.getMessage(), e);
    }
    byte[] snapshot = ProducerSnapshot.encode(state.producers.sorted());
    LogSegment next = nextSegment(state.offsets.logEnd(), config);
    state.segments.add(next);
    long jitter = config.segmentJitterMs();
    rollJitterMs = jitter == 0 ? 0 : Math.floorMod(state.context.randomness().nextLong(), jitter);
    state.context.background().execute(() -> flusher.seal(sealed, next, snapshot));
  }

  private LogSegment nextSegment(long base, LogConfig config) {
    OpenFiles openFiles = state.context.openFiles();
    DiskFile spare = writeback.takeSpare(base);
    return spare == null
        ? LogSegment.create(openFiles, state.directory, base)
        : LogSegment.create(openFiles, state.directory, base, spare, PacedWriteback.step(config));
  }
}
