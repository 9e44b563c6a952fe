package io.tailrace.log;

import io.tailrace.record.InvalidRecordException;
import io.tailrace.record.RecordBatch;
import io.tailrace.record.TimestampOffset;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * Finds records by their timestamps: the time index leads near the batch, whose records are then
 * looked at; and the other way round, for which a batch header will do. Takes no lock. The only
 * place, beside compaction, where the log opens batches.
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
    try {
      return again(segments -> firstAtOrAfter(timestamp, segments));
    } catch (IOException | InvalidRecordException e) {
      throw failed(timestamp, e);
    }
  }

  private @Nullable TimestampedOffset firstAtOrAfter(long timestamp, LogSegment[] segments)
      throws IOException {
    long start = state.offsets.logStart();
    int interval = state.config.indexIntervalBytes();
    for (LogSegment segment : segments) {
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
  }

  private interface Lookup {
    @Nullable TimestampedOffset in(LogSegment[] segments) throws IOException;
  }

  /** Looks, and looks again if a segment was replaced or deleted meanwhile. */
  private @Nullable TimestampedOffset again(Lookup lookup) throws IOException {
    while (true) {
      LogSegment[] segments = state.segments.all();
      try {
        return lookup.in(segments);
      } catch (ClosedChannelException e) {
        if (segments == state.segments.all()) {
          throw e;
        }
      }
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
    try {
      return again(this::greatest);
    } catch (IOException | InvalidRecordException e) {
      throw new LogReadException(
          "looking for the largest timestamp in %s failed: %s"
              .formatted(state.name, e.getMessage()),
          e);
    }
  }

  private @Nullable TimestampedOffset greatest(LogSegment[] segments) throws IOException {
    int interval = state.config.indexIntervalBytes();
    LogSegment best = null;
    long greatest = RecordBatch.NO_TIMESTAMP;
    long bestOffset = -1;
    for (LogSegment segment : segments) {
      TimeIndex times = segment.index(interval).times;
      if (times.maxTimestamp() > greatest) {
        greatest = times.maxTimestamp();
        bestOffset = segment.baseOffset() + times.offsetOfMaxTimestamp();
        best = segment;
      }
    }
    return best == null ? null : inBatch(best, bestOffset);
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
    try {
      return again(_ -> from(offset));
    } catch (IOException e) {
      throw new LogReadException(
          "looking for the time of offset %d in %s failed: %s"
              .formatted(offset, state.name, e.getMessage()),
          e);
    }
  }

  private @Nullable TimestampedOffset from(long offset) throws IOException {
    long from = Math.max(offset, state.offsets.logStart());
    long end = state.offsets.highWatermark();
    LogSegment segment = state.segments.floor(from);
    while (segment != null && from < end) {
      ByteBuffer header = segment.headerOf(from, state.config.indexIntervalBytes());
      if (header == null) {
        segment = state.segments.after(segment);
      } else if (RecordBatch.recordCount(header, 0) == 0) {
        // Compaction has left of it what its producer needs.
        from = RecordBatch.nextOffset(header, 0);
      } else {
        long first = Math.max(from, RecordBatch.baseOffset(header, 0));
        long timestamp = RecordBatch.firstTimestamp(header, 0);
        return first < end ? new TimestampedOffset(first, timestamp) : null;
      }
    }
    return null;
  }

  private LogReadException failed(long timestamp, Exception e) {
    return new LogReadException(
        "looking for timestamp %d in %s failed: %s"
            .formatted(timestamp, state.name, e.getMessage()),
        e);
  }
}
