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
 * One fetch request while it is being answered, perhaps after a wait. Used only on its event loop.
 */
final class Fetch {
  static final byte READ_COMMITTED = 1;

  /**
   * One partition that the client asked for.
   *
   * @param partition null if there is none here
   * @param missing what to say of a partition that is not here, or not any more
   */
  record Target(
      String topic,
      UUID topicId,
      FetchPartition wanted,
      @Nullable Partition partition,
      ErrorCode missing) {}

  private final ApiRequest request;
  private final List<Target> targets;
  private final int minBytes;
  private final int maxBytes;
  private final boolean readCommitted;
  private final List<LogSlice> slices = new ArrayList<>(1);
  private int bytes;
  private boolean urgent;
  private boolean mayReadDisk;
  private boolean mustReadDisk;

  Fetch(
      ApiRequest request, List<Target> targets, int minBytes, int maxBytes, boolean readCommitted) {
    this.request = request;
    this.targets = targets;
    this.minBytes = minBytes;
    this.maxBytes = maxBytes;
    this.readCommitted = readCommitted;
  }

  ApiRequest request() {
    return request;
  }

  List<Target> targets() {
    return targets;
  }

  /**
   * Answers if there is enough to send, or if the client should know something else at once (an
   * error, a diverging epoch).
   *
   * @param now answer with whatever there is
   * @return whether the request has been answered
   */
  boolean answer(boolean now) {
    bytes = 0;
    urgent = targets.isEmpty();
    mustReadDisk = false;
    try {
      FetchResponse response = collect();
      mayReadDisk = true;
      if (mustReadDisk) {
        return false;
      }
      boolean enough = now || urgent || bytes >= minBytes;
      if (enough) {
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
  boolean mustReadDisk() {
    return mustReadDisk;
  }

  /**
   * Reads what {@link #answer} needs into memory. On another thread, while this fetch is not
   * touched on its loop.
   */
  void readDisk() {
    for (Target target : targets) {
      Partition partition = target.partition();
      if (partition != null) {
        try {
          long offset = target.wanted().fetchOffset();
          int limit = Math.min(target.wanted().partitionMaxBytes(), maxBytes);
          PartitionLog log = partition.log();
          log.read(offset, Math.max(limit, 0), true, log.highWatermark()).release();
        } catch (LogException e) {
          // The answer will meet it again, and say so.
        }
      }
    }
  }

  private FetchResponse collect() {
    List<FetchableTopicResponse> topics = new ArrayList<>();
    FetchableTopicResponse last = null;
    for (Target target : targets) {
      if (last == null || !isSameTopic(last, target)) {
        last =
            new FetchableTopicResponse()
                .topic(target.topic())
                .topicId(target.topicId())
                .partitions(new ArrayList<>());
        topics.add(last);
      }
      PartitionData data = emptyData(target);
      read(target, data);
      last.partitions().add(data);
    }
    return new FetchResponse().responses(topics);
  }

  private static boolean isSameTopic(FetchableTopicResponse topic, Target target) {
    return topic.topic().equals(target.topic()) && topic.topicId().equals(target.topicId());
  }

  private static PartitionData emptyData(Target target) {
    return new PartitionData()
        .partitionIndex(target.wanted().partition())
        .highWatermark(-1)
        .lastStableOffset(-1)
        .logStartOffset(-1)
        .abortedTransactions(null)
        .records(MemoryRecords.EMPTY);
  }

  private void read(Target target, PartitionData data) {
    Partition partition = target.partition();
    ErrorCode error =
        partition == null || partition.isDeleted()
            ? target.missing()
            : read(partition, target.wanted(), data);
    if (error != ErrorCode.NONE) {
      data.errorCode(error.code());
      urgent = true;
    }
  }

  private ErrorCode read(Partition partition, FetchPartition wanted, PartitionData data) {
    ErrorCode epochError = LeaderEpochs.check(wanted.currentLeaderEpoch(), partition);
    if (epochError != ErrorCode.NONE) {
      return epochError;
    }
    if (!mayReadDisk && partition.logIfOpen() == null) {
      mustReadDisk = true;
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
      long end = readCommitted ? log.lastStableOffset() : highWatermark;
      boolean first = bytes == 0;
      int limit = Math.min(wanted.partitionMaxBytes(), maxBytes - bytes);
      if (limit <= 0 && !first) {
        return isInRange(log, wanted.fetchOffset())
            ? ErrorCode.NONE
            : ErrorCode.OFFSET_OUT_OF_RANGE;
      }
      LogSlice slice = slice(log, wanted.fetchOffset(), Math.max(limit, 0), first, end);
      if (slice == null) {
        mustReadDisk = true;
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
