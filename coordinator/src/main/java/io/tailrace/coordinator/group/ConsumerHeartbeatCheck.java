package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest.TopicPartitions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Whether a ConsumerGroupHeartbeat request makes sense; checks in Kafka's order. */
final class ConsumerHeartbeatCheck {
  /** From this version on clients make up their member ids (KIP-1082). */
  private static final short CLIENT_MEMBER_ID_VERSION = 1;

  private ConsumerHeartbeatCheck() {}

  /**
   * As far as the group does not matter.
   *
   * @param assignors the supported ones; asked for only if the member names one
   * @throws CoordinatorException INVALID_REQUEST, UNSUPPORTED_ASSIGNOR
   */
  static void request(
      ConsumerGroupHeartbeatRequest request, short version, Supplier<List<String>> assignors) {
    int epoch = request.memberEpoch();
    if (version >= CLIENT_MEMBER_ID_VERSION
        || epoch > 0
        || epoch == ConsumerAssignment.LEAVE_EPOCH) {
      notBlank(request.memberId(), "MemberId can't be empty.");
    }
    notBlank(request.groupId(), "GroupId can't be empty.");
    holds(fitsKey(request.memberId()), "MemberId can't be longer than 32767 bytes.");
    holds(fitsKey(request.groupId()), "GroupId can't be longer than 32767 bytes.");
    notBlank(request.instanceId(), "InstanceId can't be empty.");
    notBlank(request.rackId(), "RackId can't be empty.");
    if (epoch == ConsumerAssignment.JOIN_EPOCH) {
      joins(request);
    } else if (epoch == ConsumerAssignment.STATIC_LEAVE_EPOCH) {
      holds(request.instanceId() != null, "InstanceId can't be null.");
    } else {
      holds(epoch >= ConsumerAssignment.LEAVE_EPOCH, "MemberEpoch is invalid.");
    }
    String assignor = request.serverAssignor();
    if (assignor != null) {
      assignor(assignor, assignors.get());
    }
  }

  private static void assignor(String assignor, List<String> supported) {
    if (!supported.contains(assignor)) {
      throw new CoordinatorException(
          ErrorCode.UNSUPPORTED_ASSIGNOR,
          "ServerAssignor %s is not supported. Supported assignors: %s."
              .formatted(assignor, String.join(", ", supported)));
    }
  }

  private static void joins(ConsumerGroupHeartbeatRequest request) {
    List<TopicPartitions> owned = request.topicPartitions();
    holds(
        request.rebalanceTimeoutMs() != -1,
        "RebalanceTimeoutMs must be provided in first request.");
    holds(owned != null && owned.isEmpty(), "TopicPartitions must be empty when (re-)joining.");
    holds(
        request.subscribedTopicNames() != null || request.subscribedTopicRegex() != null,
        "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when"
            + " (re-)joining.");
  }

  private static void notBlank(@Nullable String value, String message) {
    holds(value == null || !value.trim().isEmpty(), message);
  }

  /** Whether a record's key, which has two bytes for the length, can hold a string. */
  static boolean fitsKey(String value) {
    return value.length() <= Short.MAX_VALUE / 3
        || value.getBytes(StandardCharsets.UTF_8).length <= Short.MAX_VALUE;
  }

  private static void holds(boolean condition, String message) {
    if (!condition) {
      throw new CoordinatorException(ErrorCode.INVALID_REQUEST, message);
    }
  }

  /**
   * A member is at the epoch that the coordinator knows; or at the one before, if the answer that
   * raised it was lost, and then it has nothing but what it is to have.
   *
   * @param owned what it says it has; null if it does not say
   * @throws CoordinatorException FENCED_MEMBER_EPOCH
   */
  static void epoch(ConsumerMember member, int epoch, @Nullable List<TopicPartitions> owned) {
    boolean joins = epoch == ConsumerAssignment.JOIN_EPOCH;
    if (joins || epoch == member.epoch()) {
      return;
    }
    boolean answerLost =
        epoch < member.epoch()
            && epoch == member.assignment().previousEpoch()
            && isWithin(owned, member.assignment().assigned());
    if (!answerLost) {
      throw new CoordinatorException(
          ErrorCode.FENCED_MEMBER_EPOCH,
          ("The consumer group member has a %s member epoch (%d) than the one known by the group"
                  + " coordinator (%d). The member must abandon all its partitions and rejoin.")
              .formatted(epoch > member.epoch() ? "greater" : "smaller", epoch, member.epoch()));
    }
  }

  private static boolean isWithin(
      @Nullable List<TopicPartitions> owned, Map<UUID, Map<Integer, Integer>> assigned) {
    if (owned == null) {
      return false;
    }
    for (TopicPartitions topic : owned) {
      Map<Integer, Integer> among = assigned.get(topic.topicId());
      if (among == null) {
        return false;
      }
      for (int partition : topic.partitions()) {
        if (!among.containsKey(partition)) {
          return false;
        }
      }
    }
    return true;
  }
}
