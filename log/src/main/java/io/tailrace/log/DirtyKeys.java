package io.tailrace.log;

import io.tailrace.record.InvalidRecordException;
import io.tailrace.record.RecordBatch;
import io.tailrace.record.RecordReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The first pass of a cleaning: reads what has not been compacted yet, and notes the newest offset
 * of each key, as far as the map takes them and no transaction is undecided; and which records have
 * thereby become old, so that the second pass need not ask for their keys. For one thread.
 */
final class DirtyKeys {
  /** The superseded offsets take at most this part of the map's memory on top. */
  private static final int SUPERSEDED_PART = 16;

  private final LogState state;
  private final CleanerTools tools;
  private final long firstDirty;
  private CleanedTransactions transactions = new CleanedTransactions(this::transactionsFrom);
  private final OffsetMap newest;
  private final SupersededOffsets superseded;
  private final HashedKeys pending = new HashedKeys();

  /** What starts here must stay as it is. */
  private long limit;

  private long mappedTo;
  private long lastPut = -1;

  private DirtyKeys(LogState state, CleanableRange range, CleanerTools tools, Arena memory) {
    this.state = state;
    this.tools = tools;
    this.firstDirty = range.firstDirty();
    this.limit = range.end();
    this.mappedTo = range.firstDirty();
    long offsets = range.end() - range.firstDirty();
    long bytes = tools.dedupeBytes();
    this.newest = OffsetMap.of(bytes, tools.loadFactor(), offsets, memory);
    this.superseded = new SupersededOffsets(firstDirty, offsets, bytes / SUPERSEDED_PART, memory);
  }

  /**
   * @param memory what is found out lives in it, outside the heap
   */
  static DirtyKeys of(LogState state, CleanableRange range, CleanerTools tools, Arena memory)
      throws IOException, CleaningException, CleaningAbortedException {
    DirtyKeys keys = new DirtyKeys(state, range, tools, memory);
    keys.read();
    if (keys.lastPut >= keys.limit) {
      keys.startAgain();
      keys.read();
    }
    keys.mappedTo = Math.min(keys.mappedTo, keys.limit);
    return keys;
  }

  /** An undecided transaction was met only behind keys of a segment that must stay as it is. */
  private void startAgain() {
    newest.clear();
    superseded.clear();
    transactions = new CleanedTransactions(this::transactionsFrom);
    mappedTo = firstDirty;
    lastPut = -1;
  }

  OffsetMap newest() {
    return newest;
  }

  /** Of the records that were read, those whose key has a newer one, or that have none. */
  SupersededOffsets superseded() {
    return superseded;
  }

  /** The keys of all records below are in the map. Not above the range's start: nothing to do. */
  long mappedTo() {
    return mappedTo;
  }

  private void read() throws IOException, CleaningException, CleaningAbortedException {
    LogSegment segment = state.segments.floor(firstDirty);
    while (segment != null && segment.baseOffset() < limit) {
      int from = segment.positionOf(firstDirty, state.config.indexIntervalBytes());
      try (CleanerScan scan = new CleanerScan(state, segment, from, tools)) {
        while (scan.next()) {
          if (!add(scan) || segment.baseOffset() >= limit) {
            return;
          }
          mappedTo = Math.max(mappedTo, RecordBatch.nextOffset(scan.buffer(), scan.at()));
        }
      }
      segment = state.segments.after(segment);
      if (segment != null) {
        mappedTo = Math.max(mappedTo, segment.baseOffset());
      }
    }
  }

  /** Returns whether all of the batch's keys fit. */
  private boolean add(CleanerScan scan) throws IOException, CleaningException {
    try {
      return add(scan.buffer(), scan.at());
    } catch (InvalidRecordException e) {
      throw scan.damaged(String.valueOf(e.getMessage()), e);
    }
  }

  private boolean add(ByteBuffer buffer, int at) throws IOException {
    if (RecordBatch.isControl(buffer, at)) {
      transactions.isLeftOver(buffer, at);
      return true;
    }
    if (transactions.isAborted(buffer, at) || RecordBatch.baseOffset(buffer, at) >= limit) {
      return true;
    }
    pending.clear();
    boolean fits = true;
    try (RecordReader records = tools.opener().open(buffer, at)) {
      while (fits && records.next()) {
        if (records.offset() >= firstDirty) {
          fits = add(records);
        }
      }
    }
    return fits && putPending();
  }

  private boolean add(RecordReader record) {
    ByteBuffer key = record.key();
    if (key == null) {
      superseded.add(record.offset());
      return true;
    }
    tools.hash().hash(key);
    pending.add(tools.hash(), record.offset(), 0);
    return !pending.isFull() || putPending();
  }

  private boolean putPending() {
    newest.fetch(pending);
    for (int i = 0; i < pending.size(); i++) {
      if (newest.isFull()) {
        return false;
      }
      superseded.add(newest.put(pending, i));
      lastPut = pending.offset(i);
      mappedTo = lastPut + 1;
    }
    pending.clear();
    return true;
  }

  private List<AbortedTransaction> transactionsFrom(long offset) throws IOException {
    TransactionScan scan = TransactionScan.of(state, offset, state.offsets.highWatermark());
    if (scan.firstOpen() < limit) {
      limit = Math.min(limit, state.segments.floor(scan.firstOpen()).baseOffset());
    }
    return scan.aborted();
  }
}
