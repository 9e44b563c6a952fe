package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorRecord;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A group of either protocol, as offsets and admin requests see it. Methods that begin with {@code
 * check} throw a {@link io.tailrace.coordinator.runtime.CoordinatorException} with the error code
 * that Kafka answers.
 */
interface Group {
  String CLASSIC = "classic";
  String CONSUMER = "consumer";

  /** The protocol type of classic groups whose members are consumers. */
  String CONSUMER_PROTOCOL = "consumer";

  String groupId();

  /** {@link #CLASSIC} or {@link #CONSUMER}. */
  String type();

  /** {@code consumer}, for a classic group whatever its members say; empty if there were none. */
  String protocolType();

  /** The state's name in Kafka: Empty, PreparingRebalance, Stable, … */
  String state();

  boolean isEmpty();

  /** Since when a group without members has none, in wall-clock ms; −1 if that is not known. */
  long emptySinceMs();

  /** The topics that keep the offsets of an active group from expiring; null for all. */
  @Nullable Set<String> subscribedTopics();

  /** Whether a member consumes this topic, as far as is known. */
  default boolean isSubscribedTo(String topic) {
    Set<String> topics = subscribedTopics();
    return !isEmpty() && (topics == null || topics.contains(topic));
  }

  /**
   * Whether offsets may be committed.
   *
   * @param generation of a classic member, epoch of another; negative for one that is no member
   */
  void checkCommit(
      String memberId,
      @Nullable String instanceId,
      int generation,
      boolean transactional,
      short version);

  /**
   * Whether a member whose commit is allowed may commit for this partition. One that has not heard
   * of its newest epoch may for what it had before (KIP-1251).
   *
   * @param generation as for {@link #checkCommit}
   */
  default void checkCommitOf(String memberId, int generation, Topics.Topic topic, int partition) {}

  /** Whether offsets may be read: a consumer group asks who wants to know. */
  void checkFetch(@Nullable String memberId, int epoch);

  /** A member has committed, which counts as a heartbeat of the classic protocol. */
  void committed(String memberId, long nowMs);

  /** Whether all of the group may be deleted. */
  void checkDelete();

  /** Adds what removes the group from the log, its offsets apart. */
  void addTombstones(List<CoordinatorRecord> records);
}
