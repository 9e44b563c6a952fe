package io.tailrace.bench.group;

import io.tailrace.bench.load.Caller;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest.TopicPartitions;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * Speaks the consumer protocol (KIP-848) as the Java client does: when the broker changes what it
 * has, it gives up and takes at once, and says so with a heartbeat at once; else it goes by the
 * interval that the broker asks for.
 */
final class ConsumerMember extends Member {
  static final short VERSION = 1;

  /** {@code max.poll.interval.ms} of the Java client. */
  private static final int REBALANCE_TIMEOUT_MS = 300_000;

  private static final int LEAVE_EPOCH = -1;

  private final String memberId = UUID.randomUUID().toString();
  private volatile int epoch;
  private List<TopicPartitions> owned = List.of();

  ConsumerMember(GroupTerms terms, Caller caller, Ownership ownership, BrokerTime brokerTime) {
    super(terms, caller, ownership, brokerTime);
  }

  @Override
  Membership membership() {
    return new Membership(terms().groupId(), memberId, epoch);
  }

  @Override
  void takePart() throws IOException, InterruptedException {
    ConsumerGroupHeartbeatResponse answer = beat(joining());
    while (true) {
      epoch = answer.memberEpoch();
      boolean changed = answer.assignment() != null && take(answer.assignment());
      ownership().holds(this, epoch, partitions());
      if (changed) {
        answer = beat(heartbeat(epoch).topicPartitions(owned));
      } else if (pause(answer.heartbeatIntervalMs())) {
        return;
      } else {
        answer = beat(heartbeat(epoch));
      }
    }
  }

  private ConsumerGroupHeartbeatRequest heartbeat(int memberEpoch) {
    return new ConsumerGroupHeartbeatRequest()
        .groupId(terms().groupId())
        .memberId(memberId)
        .memberEpoch(memberEpoch);
  }

  private ConsumerGroupHeartbeatRequest joining() {
    return heartbeat(0)
        .rebalanceTimeoutMs(REBALANCE_TIMEOUT_MS)
        .subscribedTopicNames(List.of(terms().topic()))
        .topicPartitions(List.of());
  }

  private ConsumerGroupHeartbeatResponse beat(ConsumerGroupHeartbeatRequest request)
      throws IOException {
    ConsumerGroupHeartbeatResponse answer =
        ask(
            ApiKey.CONSUMER_GROUP_HEARTBEAT,
            VERSION,
            request,
            new ConsumerGroupHeartbeatResponse());
    Caller.check(answer.errorCode(), answer.errorMessage(), "ConsumerGroupHeartbeat");
    return answer;
  }

  /**
   * @return whether that is something new
   */
  private boolean take(ConsumerGroupHeartbeatResponse.Assignment assignment) {
    List<TopicPartitions> before = owned;
    owned =
        assignment.topicPartitions().stream()
            .map(it -> new TopicPartitions().topicId(it.topicId()).partitions(it.partitions()))
            .toList();
    return !owned.equals(before);
  }

  private int[] partitions() {
    return owned.stream().flatMapToInt(it -> Arrays.stream(it.partitions())).toArray();
  }

  @Override
  void leave() throws IOException {
    beat(leaving(membership()));
  }

  static ConsumerGroupHeartbeatRequest leaving(Membership member) {
    return new ConsumerGroupHeartbeatRequest()
        .groupId(member.groupId())
        .memberId(member.memberId())
        .memberEpoch(LEAVE_EPOCH);
  }
}
