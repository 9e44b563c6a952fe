package io.tailrace.log;

import io.tailrace.record.BatchRewriter;
import io.tailrace.record.RecordBatch;
import io.tailrace.record.RecordReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Objects;

/**
 * Decides what a cleaning leaves of each batch, and writes that: what Kafka's {@code
 * MemoryRecords.filterTo} does with the filter of its cleaner. For one thread.
 *
 * <pre>
 *   batch                                           what is left
 *   all of it to be kept                            the same bytes
 *   some of it, or a delete horizon to be set       a batch of the records left
 *   nothing; but its producer's or the group's last an empty batch
 *   nothing                                         nothing
 * </pre>
 *
 * A delete horizon ({@code delete.retention.ms} from now) is set when tombstones, or the marker of
 * a transaction of which nothing else is left, are first cleaned; when it has passed, they go.
 */
final class BatchCleaner {

  /** Takes what is left. */
  interface Output {
    /** Takes over a copy of the bytes. */
    void write(ByteBuffer from, int at, int sizeInBytes)
        throws IOException, CleaningAbortedException;
  }

  private final OffsetMap newest;
  private final SupersededOffsets superseded;
  private final long mappedTo;
  private final CleanedTransactions transactions;
  private final LastRecords lastOfProducers;
  private final CleanerTools tools;
  private final long nowMs;
  private final long newHorizonMs;

  /** Which records of the current batch stay, counted from 0. */
  private final BitSet kept = new BitSet();

  /** Which have no value. */
  private final BitSet tombstones = new BitSet();

  /** Of records of which that has yet to be found out. */
  private final HashedKeys undecided = new HashedKeys();

  BatchCleaner(
      DirtyKeys keys,
      CleanedTransactions transactions,
      LastRecords lastOfProducers,
      CleanerTools tools,
      long nowMs,
      long deleteRetentionMs) {
    this.newest = keys.newest();
    this.superseded = keys.superseded();
    this.mappedTo = keys.mappedTo();
    this.transactions = transactions;
    this.lastOfProducers = lastOfProducers;
    this.tools = tools;
    this.nowMs = nowMs;
    boolean never = nowMs > Long.MAX_VALUE - deleteRetentionMs;
    this.newHorizonMs = never ? Long.MAX_VALUE : nowMs + deleteRetentionMs;
  }

  /**
   * @param isLastOfGroup it has to be kept, for the offset at which it ends
   */
  void clean(ByteBuffer buffer, int at, boolean isLastOfGroup, Output output)
      throws IOException, CleaningAbortedException {
    boolean control = RecordBatch.isControl(buffer, at);
    boolean done =
        control ? transactions.isLeftOver(buffer, at) : transactions.isAborted(buffer, at);
    boolean goes = control ? done && hasPassedHorizon(buffer, at) : done || isOld(buffer, at);
    Left left = goes ? Left.NOTHING : look(buffer, at, control);
    boolean setsHorizon =
        !RecordBatch.hasDeleteHorizon(buffer, at)
            && (left.tombstones || (control && done))
            && left.records > 0;
    if (left.records == 0) {
      if (isLastOfGroup || lastOfProducers.contains(buffer, at)) {
        output.write(RecordBatch.emptied(buffer, at), 0, RecordBatch.HEADER_SIZE);
      }
    } else if (left.isAll && !setsHorizon) {
      output.write(buffer, at, RecordBatch.sizeInBytes(buffer, at));
    } else {
      ByteBuffer rebuilt = rebuild(buffer, at, setsHorizon);
      output.write(rebuilt, 0, rebuilt.limit());
    }
  }

  /** Whether none of its records is needed, as far as that is known without opening it. */
  private boolean isOld(ByteBuffer buffer, int at) {
    long last = RecordBatch.lastOffset(buffer, at);
    return last < mappedTo && superseded.containsAll(RecordBatch.baseOffset(buffer, at), last);
  }

  private boolean hasPassedHorizon(ByteBuffer buffer, int at) {
    return RecordBatch.hasDeleteHorizon(buffer, at)
        && RecordBatch.baseTimestamp(buffer, at) <= nowMs;
  }

  /** The records of a batch that stay. */
  private record Left(int records, boolean isAll, boolean tombstones) {
    static final Left NOTHING = new Left(0, false, false);
  }

  private Left look(ByteBuffer buffer, int at, boolean control) {
    boolean dropsTombstones = hasPassedHorizon(buffer, at);
    int count = 0;
    kept.clear();
    tombstones.clear();
    try (RecordReader records = tools.opener().open(buffer, at)) {
      for (; records.next(); count++) {
        if (!records.hasValue()) {
          tombstones.set(count);
        }
        if (control || records.offset() >= mappedTo) {
          kept.set(count);
        } else if (records.hasKey() && (records.hasValue() || !dropsTombstones)) {
          decide(records, count);
        }
      }
    }
    decidePending();
    int left = kept.cardinality();
    return new Left(left, left == count, kept.intersects(tombstones));
  }

  private void decide(RecordReader record, int number) {
    long offset = record.offset();
    if (superseded.covers(offset)) {
      kept.set(number, !superseded.contains(offset));
      return;
    }
    tools.hash().hash(Objects.requireNonNull(record.key()));
    undecided.add(tools.hash(), offset, number);
    if (undecided.isFull()) {
      decidePending();
    }
  }

  private void decidePending() {
    newest.fetch(undecided);
    for (int i = 0; i < undecided.size(); i++) {
      kept.set(undecided.number(i), undecided.offset(i) >= newest.get(undecided, i));
    }
    undecided.clear();
  }

  private ByteBuffer rebuild(ByteBuffer buffer, int at, boolean setsHorizon) {
    BatchRewriter rewriter = tools.rewriter();
    rewriter.begin(buffer, at, setsHorizon ? newHorizonMs : RecordBatch.NO_TIMESTAMP);
    try (RecordReader records = tools.opener().reopen()) {
      for (int i = 0; records.next(); i++) {
        if (kept.get(i)) {
          rewriter.append(records);
        }
      }
    }
    return rewriter.end();
  }
}
