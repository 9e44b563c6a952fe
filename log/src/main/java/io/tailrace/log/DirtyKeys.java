package io.tailrace.log;

import io.tailrace.record.InvalidRecordException;
import io.tailrace.record.RecordBatch;
import io.tailrace.record.RecordReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The first pass of a cleaning: reads what has not been compacted yet, and notes the newest offset
 * of each key, as far as the map takes them and no transaction is undecided. For one thread.
 */
final class DirtyKeys {
  private final LogState state;
  private final CleanerTools tools;
  private final long firstDirty;
  private final CleanedTransactions transactions = new CleanedTransactions(this::transactionsFrom);
  private final OffsetMap newest;

  /** What starts here must stay as it is. */
  private long limit;

  private long mappedTo;

  private DirtyKeys(LogState state, CleanableRange range, CleanerTools tools) {
    this.state = state;
    this.tools = tools;
    this.firstDirty = range.firstDirty();
    this.limit = range.end();
    this.mappedTo = range.firstDirty();
    this.newest =
        OffsetMap.of(tools.dedupeBytes(), tools.loadFactor(), range.end() - range.firstDirty());
  }

  static DirtyKeys of(LogState state, CleanableRange range, CleanerTools tools)
      throws IOException, CleaningException, CleaningAbortedException {
    DirtyKeys keys = new DirtyKeys(state, range, tools);
    keys.read();
    keys.mappedTo = Math.min(keys.mappedTo, keys.limit);
    return keys;
  }

  OffsetMap newest() {
    return newest;
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
    try (RecordReader records = tools.opener().open(buffer, at)) {
      while (records.next()) {
        ByteBuffer key = records.offset() < firstDirty ? null : records.key();
        if (key != null) {
          if (newest.isFull()) {
            return false;
          }
          tools.hash().hash(key);
          newest.put(tools.hash(), records.offset());
          mappedTo = records.offset() + 1;
        }
      }
    }
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
