package io.tailrace.broker.api;

import io.tailrace.broker.partition.Partition;
import io.tailrace.log.EpochEnd;
import io.tailrace.log.LogException;
import io.tailrace.log.LogSlice;
import io.tailrace.log.OffsetOutOfRangeException;
import io.tailrace.log.PartitionLog;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.MemoryRecords;
import io.tailrace.protocol.message.FetchRequest.FetchPartition;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.FetchResponse.EpochEndOffset;
import io.tailrace.protocol.message.FetchResponse.FetchableTopicResponse;
import io.tailrace.protocol.message.FetchResponse.PartitionData;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One fetch request while it is being answered, perhaps after a wait: reads partitions within the
 * request's limits. Used only on its event loop.
 */
abstract class Fetch {
  static final byte READ_COMMITTED = 1;

  /**
   * How much a request asks for.
   *
   * @param minBytes fewer are worth a wait
   * @param maxBytes of all partitions together; the first batch may be larger
   * @param readCommitted whether records of open transactions are withheld
   */
  record Limits(int minBytes, int maxBytes, boolean readCommitted) {}

  /** A partition in which the offset's place is not known without reading the disk. */
  private record Miss(Partition partition, FetchPartition wanted) {}

  private final ApiRequest request;
  private final Limits limits;
  private final List<LogSlice> slices = new ArrayList<>(1);
  private List<FetchableTopicResponse> topics = List.of();
  private int bytes;
  private boolean urgent;
  private final List<Miss> misses = new ArrayList<>(0);
  private boolean mayReadDisk;

  Fetch(ApiRequest request, Limits limits) {
    this.request = request;
    this.limits = limits;
  }

  final ApiRequest request() {
    return request;
  }

  /** {@link #read Reads} what may have something for the client, and {@link #add adds} it. */
  abstract void look();

  /** Completes the response, which goes out now. */
  abstract FetchResponse conclude(FetchResponse response);

  /** Lets {@code waiting} know, once, of whatever may change the answer. */
  abstract void watch(Partition.Watcher waiting);

  abstract void unwatch(Partition.Watcher waiting);

  /**
   * Answers if there is enough to send, or if the client should know something else at once (an
   * error, a diverging epoch).
   *
   * @param now answer with whatever there is
   * @return whether the request has been answered
   */
  final boolean answer(boolean now) {
    bytes = 0;
    urgent = false;
    misses.clear();
    topics = new ArrayList<>();
    try {
      look();
      mayReadDisk = true;
      if (mustReadDisk()) {
        return false;
      }
      boolean enough = now || urgent || bytes >= limits.minBytes();
      if (enough) {
        FetchResponse response = conclude(new FetchResponse().responses(topics));
        List<LogSlice> sent = List.copyOf(slices);
        slices.clear();
        request.respond(response, () -> sent.forEach(LogSlice::release));
      }
      return enough;
    } finally {
      slices.forEach(LogSlice::release);
      slices.clear();
    }
  }

  /**
   * Whether {@link #answer} has given up because the places of the offsets asked for must first be
   * read from the disk: let {@link #readDisk} do it, then answer again. Happens to a fetch only
   * when it is new: what it parks for is the end of the log, which is in memory.
   */
  final boolean mustReadDisk() {
    return !misses.isEmpty();
  }

  /**
   * Reads what {@link #answer} needs into memory. On another thread, while this fetch is not
   * touched on its loop.
   */
  final void readDisk() {
    for (Miss miss : misses) {
      try {
        int limit = Math.min(miss.wanted().partitionMaxBytes(), limits.maxBytes());
        PartitionLog log = miss.partition().log();
        log.read(miss.wanted().fetchOffset(), Math.max(limit, 0), true, log.highWatermark())
            .release();
      } catch (LogException e) {
        // The answer will meet it again, and say so.
      }
    }
  }

  /** The answer can't wait. */
  final void hurry() {
    urgent = true;
  }

  /** Adds a partition's data to the response. */
  final void add(String topic, UUID topicId, PartitionData data) {
    FetchableTopicResponse last = topics.isEmpty() ? null : topics.getLast();
    if (last == null || !last.topic().equals(topic) || !last.topicId().equals(topicId)) {
      last =
          new FetchableTopicResponse().topic(topic).topicId(topicId).partitions(new ArrayList<>());
      topics.add(last);
    }
    last.partitions().add(data);
  }

  /**
   * What the client gets of one partition.
   *
   * @param partition null if there is none here
   * @param missing what to say of a partition that is not here, or not any more
   */
  final PartitionData read(
      @Nullable Partition partition, FetchPartition wanted, ErrorCode missing) {
    PartitionData data = empty(wanted);
    ErrorCode error =
        partition == null || partition.isDeleted() ? missing : read(partition, wanted, data);
    if (error == ErrorCode.NONE) {
      return data;
    }
    urgent = true;
    // A log fails when its topic is deleted beside it.
    boolean gone = partition != null && partition.isDeleted();
    return empty(wanted).errorCode((gone ? missing : error).code());
  }

  private static PartitionData empty(FetchPartition wanted) {
    return new PartitionData()
        .partitionIndex(wanted.partition())
        .highWatermark(-1)
        .lastStableOffset(-1)
        .logStartOffset(-1)
        .abortedTransactions(null)
        .records(MemoryRecords.EMPTY);
  }

  private ErrorCode read(Partition partition, FetchPartition wanted, PartitionData data) {
    ErrorCode epochError = LeaderEpochs.check(wanted.currentLeaderEpoch(), partition);
    if (epochError != ErrorCode.NONE) {
      return epochError;
    }
    if (!mayReadDisk && partition.logIfOpen() == null) {
      misses.add(new Miss(partition, wanted));
      return ErrorCode.NONE;
    }
    try {
      PartitionLog log = partition.log();
      long highWatermark = log.highWatermark();
      data.highWatermark(highWatermark)
          .lastStableOffset(log.lastStableOffset())
          .logStartOffset(log.logStartOffset());
      if (diverges(log, wanted, data)) {
        urgent = true;
        return ErrorCode.NONE;
      }
      long end = limits.readCommitted() ? log.lastStableOffset() : highWatermark;
      boolean first = bytes == 0;
      int limit = Math.min(wanted.partitionMaxBytes(), limits.maxBytes() - bytes);
      if (limit <= 0 && !first) {
        return isInRange(log, wanted.fetchOffset())
            ? ErrorCode.NONE
            : ErrorCode.OFFSET_OUT_OF_RANGE;
      }
      LogSlice slice = slice(log, wanted.fetchOffset(), Math.max(limit, 0), first, end);
      if (slice == null) {
        misses.add(new Miss(partition, wanted));
      } else if (slice.sizeInBytes() > 0) {
        slices.add(slice);
        bytes += slice.sizeInBytes();
        data.records(new LogRecords(slice));
      }
      return ErrorCode.NONE;
    } catch (OffsetOutOfRangeException e) {
      return ErrorCode.OFFSET_OUT_OF_RANGE;
    } catch (LogException e) {
      return LogErrors.code(e);
    }
  }

  private @Nullable LogSlice slice(
      PartitionLog log, long offset, int limit, boolean atLeastOneBatch, long end)
      throws LogException {
    return mayReadDisk
        ? log.read(offset, limit, atLeastOneBatch, end)
        : log.readIfCached(offset, limit, atLeastOneBatch, end);
  }

  private static boolean isInRange(PartitionLog log, long offset) {
    return offset >= log.logStartOffset() && offset <= log.logEndOffset();
  }

  /** Whether the client has read a history that this log does not share (KIP-595). */
  private static boolean diverges(PartitionLog log, FetchPartition wanted, PartitionData data) {
    if (wanted.lastFetchedEpoch() < 0) {
      return false;
    }
    EpochEnd end = log.endOffsetForEpoch(wanted.lastFetchedEpoch());
    if (end == null) {
      return false;
    }
    if (end.epoch() == wanted.lastFetchedEpoch() && end.endOffset() >= wanted.fetchOffset()) {
      return false;
    }
    data.divergingEpoch(new EpochEndOffset().epoch(end.epoch()).endOffset(end.endOffset()));
    return true;
  }
}
