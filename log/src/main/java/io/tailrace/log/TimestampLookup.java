package io.tailrace.log;

import io.tailrace.record.InvalidRecordException;
import io.tailrace.record.RecordBatch;
import io.tailrace.record.TimestampOffset;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Finds records by their timestamps: the time index leads near the batch, whose records are then
 * looked at; and the other way round, for which a batch header will do. Takes no lock. The only
 * place where the log opens batches.
 */
final class TimestampLookup {
  /** A compressed batch that is larger when opened is not looked into. */
  private static final long MAX_OPENED_BYTES = 1L << 30;

  private final LogState state;

  TimestampLookup(LogState state) {
    this.state = state;
  }

  /** The first record, by offset, with {@code timestamp} (ms) or a later one; null if none has. */
  @Nullable TimestampedOffset firstAtOrAfter(long timestamp) throws LogException {
    long start = state.offsets.logStart();
    int interval = state.config.indexIntervalBytes();
    try {
      for (LogSegment segment : state.segments.all()) {
        TimeIndex times = segment.index(interval).times;
        if (segment.nextOffset() > start && times.maxTimestamp() >= timestamp) {
          long from = segment.baseOffset() + times.relativeOffsetBefore(timestamp) + 1;
          TimestampOffset found = search(segment, Math.max(from, start), timestamp, start);
          if (found != null) {
            return new TimestampedOffset(found.offset(), found.timestamp());
          }
        }
      }
      return null;
    } catch (IOException | InvalidRecordException e) {
      throw failed(timestamp, e);
    }
  }

  private @Nullable TimestampOffset search(
      LogSegment segment, long from, long timestamp, long start) throws IOException {
    BatchSearch<TimestampOffset> search =
        scanner -> {
          if (RecordBatch.maxTimestamp(scanner.buffer(), scanner.at()) < timestamp) {
            return null;
          }
          scanner.loadBatch();
          return TimestampOffset.firstAtOrAfter(
              scanner.buffer(), scanner.at(), timestamp, start, MAX_OPENED_BYTES);
        };
    return segment.search(from, state.config.indexIntervalBytes(), search);
  }

  /** The first record with the largest timestamp (KIP-734); null if no record has one. */
  @Nullable TimestampedOffset greatest() throws LogException {
    int interval = state.config.indexIntervalBytes();
    LogSegment best = null;
    long greatest = RecordBatch.NO_TIMESTAMP;
    long bestOffset = -1;
    try {
      for (LogSegment segment : state.segments.all()) {
        TimeIndex times = segment.index(interval).times;
        if (times.maxTimestamp() > greatest) {
          greatest = times.maxTimestamp();
          bestOffset = segment.baseOffset() + times.offsetOfMaxTimestamp();
          best = segment;
        }
      }
      return best == null ? null : inBatch(best, bestOffset);
    } catch (IOException | InvalidRecordException e) {
      throw failed(greatest, e);
    }
  }

  private @Nullable TimestampedOffset inBatch(LogSegment segment, long offset) throws IOException {
    BatchSearch<TimestampOffset> search =
        scanner -> {
          scanner.loadBatch();
          return TimestampOffset.ofMaxTimestamp(scanner.buffer(), scanner.at(), MAX_OPENED_BYTES);
        };
    TimestampOffset found = segment.search(offset, state.config.indexIntervalBytes(), search);
    return found == null ? null : new TimestampedOffset(found.offset(), found.timestamp());
  }

  /** See {@link PartitionLog#timestampAt}. */
  @Nullable TimestampedOffset at(long offset) throws LogException {
    long from = Math.max(offset, state.offsets.logStart());
    long end = state.offsets.highWatermark();
    try {
      LogSegment segment = state.segments.floor(from);
      while (segment != null && from < end) {
        ByteBuffer header = segment.headerOf(from, state.config.indexIntervalBytes());
        if (header != null) {
          long first = Math.max(from, RecordBatch.baseOffset(header, 0));
          long timestamp = RecordBatch.firstTimestamp(header, 0);
          return first < end ? new TimestampedOffset(first, timestamp) : null;
        }
        segment = state.segments.after(segment);
      }
      return null;
    } catch (IOException e) {
      throw new LogReadException(
          "looking for the time of offset %d in %s failed: %s"
              .formatted(offset, state.name, e.getMessage()),
          e);
    }
  }

  private LogReadException failed(long timestamp, Exception e) {
    return new LogReadException(
        "looking for timestamp %d in %s failed: %s"
            .formatted(timestamp, state.name, e.getMessage()),
        e);
  }
}
