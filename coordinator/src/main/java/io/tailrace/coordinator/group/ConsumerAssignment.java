package io.tailrace.coordinator.group;

import io.tailrace.coordinator.group.assign.Assignment;
import io.tailrace.protocol.message.ConsumerGroupCurrentMemberAssignmentValue;
import io.tailrace.protocol.message.ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Where a member stands on its way to its target: a ConsumerGroupCurrentMemberAssignment record.
 *
 * @param epoch the member's; what it has to show with every request
 * @param previousEpoch still taken from a member that the last answer may not have reached
 * @param assigned what it may use, by topic id and index: the epoch it has it since
 * @param revoking what it has been told to give up and may still use; in the same form
 */
record ConsumerAssignment(
    int epoch,
    int previousEpoch,
    State state,
    Map<UUID, Map<Integer, Integer>> assigned,
    Map<UUID, Map<Integer, Integer>> revoking) {

  /** Of a member that joins. */
  static final int JOIN_EPOCH = 0;

  /** Of a member that has left. */
  static final int LEAVE_EPOCH = -1;

  /** Of a static member that is away and means to come back. */
  static final int STATIC_LEAVE_EPOCH = -2;

  static final ConsumerAssignment NONE =
      new ConsumerAssignment(JOIN_EPOCH, -1, State.STABLE, Map.of(), Map.of());

  /** What was there is gone; the next record takes the member away. */
  static final ConsumerAssignment LEFT =
      new ConsumerAssignment(LEAVE_EPOCH, LEAVE_EPOCH, State.STABLE, Map.of(), Map.of());

  /** How far a member is. */
  enum State {
    /** Has all of its target. */
    STABLE(0),
    /** Has to give up partitions before it gets to the next epoch. */
    UNREVOKED_PARTITIONS(1),
    /** Waits for partitions that others still have. */
    UNRELEASED_PARTITIONS(2),
    /** A newer version's state: the member has to start anew. */
    UNKNOWN(127);

    private final byte value;

    State(int value) {
      this.value = (byte) value;
    }

    private static State of(byte value) {
      for (State state : values()) {
        if (state.value == value) {
          return state;
        }
      }
      return UNKNOWN;
    }
  }

  static ConsumerAssignment of(ConsumerGroupCurrentMemberAssignmentValue value) {
    return new ConsumerAssignment(
        value.memberEpoch(),
        value.previousMemberEpoch(),
        State.of(value.state()),
        epochs(value.assignedPartitions(), value.memberEpoch()),
        epochs(value.partitionsPendingRevocation(), value.memberEpoch()));
  }

  private static Map<UUID, Map<Integer, Integer>> epochs(
      List<TopicPartitions> topics, int memberEpoch) {
    Map<UUID, Map<Integer, Integer>> epochs = new TreeMap<>();
    for (TopicPartitions topic : topics) {
      int[] partitions = topic.partitions();
      int[] since = topic.assignmentEpochs();
      Map<Integer, Integer> byPartition = new TreeMap<>();
      for (int i = 0; i < partitions.length; i++) {
        // Before Kafka 4.3 the record did not say since when.
        byPartition.put(
            partitions[i],
            since != null && since.length == partitions.length
                ? since[i]
                : Math.max(memberEpoch, 0));
      }
      epochs.put(topic.topicId(), Collections.unmodifiableMap(byPartition));
    }
    return Collections.unmodifiableMap(epochs);
  }

  /** Of a member that has all of its target since an epoch. */
  static ConsumerAssignment of(int epoch, Map<UUID, Set<Integer>> partitions) {
    Map<UUID, Map<Integer, Integer>> assigned = new TreeMap<>();
    partitions.forEach((topic, indexes) -> {
      Map<Integer, Integer> since = new TreeMap<>();
      indexes.forEach(index -> since.put(index, epoch));
      assigned.put(topic, since);
    });
    return new ConsumerAssignment(epoch, epoch, State.STABLE, assigned, Map.of());
  }

  /** What it has, as a target. */
  Assignment toTarget() {
    Map<UUID, Set<Integer>> partitions = new TreeMap<>();
    assigned.forEach((topic, since) -> partitions.put(topic, since.keySet()));
    return new Assignment(partitions);
  }

  ConsumerGroupCurrentMemberAssignmentValue toValue() {
    return new ConsumerGroupCurrentMemberAssignmentValue()
        .memberEpoch(epoch)
        .previousMemberEpoch(previousEpoch)
        .state(state.value)
        .assignedPartitions(topicPartitions(assigned))
        .partitionsPendingRevocation(topicPartitions(revoking));
  }

  private static List<TopicPartitions> topicPartitions(Map<UUID, Map<Integer, Integer>> epochs) {
    List<TopicPartitions> topics = new ArrayList<>(epochs.size());
    epochs.forEach((id, since) ->
        topics.add(
            new TopicPartitions()
                .topicId(id)
                .partitions(ints(since.keySet()))
                .assignmentEpochs(ints(since.values()))));
    return topics;
  }

  static int[] ints(Collection<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  /** A static member goes away, and keeps what it has for whoever comes back in its place. */
  ConsumerAssignment away() {
    Map<UUID, Map<Integer, Integer>> kept = new TreeMap<>();
    assigned.forEach((topic, since) -> {
      Map<Integer, Integer> fromTheStart = new TreeMap<>(since);
      fromTheStart.replaceAll((partition, epochs) -> 0);
      kept.put(topic, fromTheStart);
    });
    return new ConsumerAssignment(STATIC_LEAVE_EPOCH, previousEpoch, state, kept, Map.of());
  }

  /** The one who comes back begins with what was kept. */
  ConsumerAssignment back() {
    return new ConsumerAssignment(JOIN_EPOCH, 0, state, assigned, revoking);
  }

  boolean reconciledTo(int targetEpoch) {
    return state == State.STABLE && epoch == targetEpoch;
  }
}
