package io.tailrace.coordinator.group;

import io.tailrace.protocol.message.OffsetCommitValue;
import java.util.UUID;

/**
 * What a group has committed for a partition of a topic.
 *
 * @param recordOffset where the commit stands in the log: of two commits the later one counts
 * @param leaderEpoch of the last record consumed; −1 if the client did not say
 * @param commitMs when it was committed, in wall-clock ms
 * @param expireMs from when on it may be forgotten, in wall-clock ms; −1 if that is the broker's to
 *     say ({@code offsets.retention.minutes})
 * @param topicId the topic's id when this was committed; zero if the client did not say
 */
record CommittedOffset(
    int partition,
    long recordOffset,
    long offset,
    int leaderEpoch,
    String metadata,
    long commitMs,
    long expireMs,
    UUID topicId) {

  static CommittedOffset of(int partition, long recordOffset, OffsetCommitValue value) {
    return new CommittedOffset(
        partition,
        recordOffset,
        value.offset(),
        value.leaderEpoch(),
        value.metadata(),
        value.commitTimestamp(),
        value.expireTimestamp(),
        value.topicId());
  }

  /** The same with that very object as topic id, if it is equal: one is enough for a topic. */
  CommittedOffset sharing(UUID sameId) {
    return topicId.equals(sameId)
        ? new CommittedOffset(
            partition, recordOffset, offset, leaderEpoch, metadata, commitMs, expireMs, sameId)
        : this;
  }
}
