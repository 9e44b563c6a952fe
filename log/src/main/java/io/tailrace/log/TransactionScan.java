package io.tailrace.log;

import io.tailrace.record.EndTransactionMarker;
import io.tailrace.record.RecordBatch;
import io.tailrace.record.RecordReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads from batch headers and markers how transactions ended, and which have not. Kafka's {@code
 * .txnindex} is not asked: it is rebuilt from the same headers when it is lost, and only a log that
 * has transactions pays for this. For one thread.
 */
final class TransactionScan {
  /** A marker has one record of some ten bytes. */
  private static final int MAX_MARKER_BYTES = 1 << 20;

  private final Map<Long, Long> firstOffsets = new HashMap<>();
  private final List<AbortedTransaction> aborted = new ArrayList<>();
  private final long end;

  private TransactionScan(long end) {
    this.end = end;
  }

  /**
   * Looks at the batches from the one that holds {@code from} on.
   *
   * @param end and no further; a transaction that goes on there is undecided
   */
  static TransactionScan of(LogState state, long from, long end) throws IOException {
    TransactionScan scan = new TransactionScan(end);
    LogSegment segment = state.segments.floor(from);
    while (segment != null && segment.baseOffset() < end) {
      segment.search(from, state.config.indexIntervalBytes(), scan::lookAt);
      segment = state.segments.after(segment);
    }
    scan.aborted.sort(Comparator.comparingLong(AbortedTransaction::firstOffset));
    return scan;
  }

  /** By first offset. */
  List<AbortedTransaction> aborted() {
    return aborted;
  }

  /** Where the first undecided transaction begins; {@link Long#MAX_VALUE} if all are decided. */
  long firstOpen() {
    return firstOffsets.isEmpty() ? Long.MAX_VALUE : Collections.min(firstOffsets.values());
  }

  private @Nullable Boolean lookAt(BatchScanner scanner) throws IOException {
    ByteBuffer buffer = scanner.buffer();
    int at = scanner.at();
    if (RecordBatch.baseOffset(buffer, at) >= end) {
      return true;
    }
    if (RecordBatch.isControl(buffer, at)) {
      scanner.loadBatch();
      end(scanner);
    } else if (RecordBatch.isTransactional(buffer, at)) {
      firstOffsets.putIfAbsent(
          RecordBatch.producerId(buffer, at), RecordBatch.baseOffset(buffer, at));
    }
    return null;
  }

  /** A damaged marker could make committed records aborted ones. */
  private void end(BatchScanner scanner) throws IOException {
    ByteBuffer buffer = scanner.buffer();
    int at = scanner.at();
    long crc = RecordBatch.computedCrc(buffer, at, scanner.sizeInBytes());
    if (crc != RecordBatch.storedCrc(buffer, at)) {
      throw new BrokenSegmentException(
          "the checksum does not match the end-of-transaction marker at offset "
              + RecordBatch.baseOffset(buffer, at));
    }
    EndTransactionMarker marker = marker(buffer, at);
    if (marker == null) {
      return;
    }
    long producerId = RecordBatch.producerId(buffer, at);
    Long first = firstOffsets.remove(producerId);
    if (first != null && !marker.commit()) {
      aborted.add(new AbortedTransaction(producerId, first, RecordBatch.lastOffset(buffer, at)));
    }
  }

  /** The marker in a control batch; null if it has none, or of another kind. */
  static @Nullable EndTransactionMarker marker(ByteBuffer buffer, int at) {
    try (RecordReader records = RecordReader.open(buffer, at, MAX_MARKER_BYTES)) {
      return records.next() ? EndTransactionMarker.read(records.key(), records.value()) : null;
    }
  }
}
