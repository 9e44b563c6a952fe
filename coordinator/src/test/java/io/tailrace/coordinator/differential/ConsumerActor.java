package io.tailrace.coordinator.differential;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.KafkaUuid;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest.TopicPartitions;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A client of the consumer protocol (KIP-848): joins with epoch 0, heartbeats, gives up and takes
 * over partitions as it is told, commits, leaves; and now and then what no consumer should do.
 */
final class ConsumerActor implements Scenario.Actor {
  private static final int LEAVE_EPOCH = -1;
  private static final int LEAVE_STATIC_EPOCH = -2;
  private static final int[] REBALANCES_MS = {1000, 10_000, 60_000, 300_000};
  private final World world;
  private final String groupId;
  private final String instanceId;
  private final String clientId;
  private final int rebalanceMs;
  private String memberId = "";
  private int epoch;
  private List<TopicPartitions> assigned = List.of();
  private boolean waits;

  /**
   * @param instanceId null for a dynamic member
   */
  ConsumerActor(World world, String groupId, String instanceId) {
    this.world = world;
    this.groupId = groupId;
    this.instanceId = instanceId;
    this.clientId = world.newName("consumer");
    this.rebalanceMs = REBALANCES_MS[world.below(REBALANCES_MS.length)];
  }

  @Override
  public Step act() {
    if (world.chance(0.07)) {
      return mischief();
    }
    if (epoch <= 0 || waits) {
      return join();
    }
    int dice = world.below(100);
    if (dice < 6) {
      return leave();
    }
    if (dice < 20) {
      return commit(memberId, epoch);
    }
    if (dice < 24) {
      return join();
    }
    ConsumerGroupHeartbeatRequest request = heartbeat(memberId, epoch);
    if (dice < 60) {
      request.topicPartitions(world.chance(0.9) ? assigned : some(assigned));
    }
    if (dice < 30) {
      subscribe(request);
    }
    if (dice == 30) {
      request.rackId("rack");
    }
    return ask(world.version(Api.CONSUMER_GROUP_HEARTBEAT), request);
  }

  private Step mischief() {
    String id = instanceId == null && world.chance(0.5) ? world.someMemberId() : memberId;
    int odd = epoch + world.below(5) - 2;
    return switch (world.below(4)) {
      case 0 -> commit(id, odd);
      case 1 -> ask((short) 1, heartbeat(id, odd));
      case 2 -> ask((short) 1, heartbeat(id, odd).topicPartitions(some(assigned)));
      default -> {
        ConsumerGroupHeartbeatRequest request =
            heartbeat(memberId, 0).rebalanceTimeoutMs(rebalanceMs).topicPartitions(List.of());
        subscribe(request);
        if (world.chance(0.3)) {
          request.serverAssignor("unheard-of");
        }
        yield ask((short) 1, request);
      }
    };
  }

  private Step join() {
    short version = world.version(Api.CONSUMER_GROUP_HEARTBEAT);
    if (version >= 1 && memberId.isEmpty() && !world.chance(0.03)) {
      memberId = KafkaUuid.toText(world.uuid());
      world.known(memberId);
    }
    assigned = List.of();
    waits = false;
    ConsumerGroupHeartbeatRequest request =
        heartbeat(memberId, 0).rebalanceTimeoutMs(rebalanceMs).topicPartitions(List.of());
    subscribe(request);
    if (world.chance(0.3)) {
      request.serverAssignor(world.chance(0.5) ? "range" : "uniform");
    }
    if (world.chance(0.1)) {
      request.rackId("rack");
    }
    return ask(version, request);
  }

  private void subscribe(ConsumerGroupHeartbeatRequest request) {
    String subscriber = instanceId == null ? clientId : instanceId;
    boolean byName = world.chance(0.75);
    if (byName) {
      request.subscribedTopicNames(world.someTopicNames(subscriber));
    }
    if (!byName || world.chance(0.1)) {
      request.subscribedTopicRegex(world.someRegex(subscriber));
    }
  }

  private ConsumerGroupHeartbeatRequest heartbeat(String id, int memberEpoch) {
    return new ConsumerGroupHeartbeatRequest()
        .groupId(world.chance(0.01) ? world.group() : groupId)
        .memberId(id)
        .instanceId(memberEpoch == 0 || world.chance(0.5) ? instanceId : null)
        .memberEpoch(memberEpoch);
  }

  private List<TopicPartitions> some(List<TopicPartitions> all) {
    List<TopicPartitions> some = new ArrayList<>();
    for (TopicPartitions topic : all) {
      int[] partitions = Arrays.stream(topic.partitions()).filter(p -> world.chance(0.6)).toArray();
      if (partitions.length > 0) {
        some.add(new TopicPartitions().topicId(topic.topicId()).partitions(partitions));
      }
    }
    return some;
  }

  private Step leave() {
    int leaving = instanceId != null && world.chance(0.5) ? LEAVE_STATIC_EPOCH : LEAVE_EPOCH;
    ConsumerGroupHeartbeatRequest request = heartbeat(memberId, leaving).instanceId(instanceId);
    waits = true;
    if (instanceId == null || world.chance(0.5)) {
      memberId = world.chance(0.7) ? "" : memberId;
    }
    return ask(world.version(Api.CONSUMER_GROUP_HEARTBEAT), request);
  }

  /** A regex exists from version 1 on. */
  private Step ask(short version, ConsumerGroupHeartbeatRequest request) {
    return world.ask(
        Api.CONSUMER_GROUP_HEARTBEAT,
        request.subscribedTopicRegex() == null ? version : (short) 1,
        request,
        clientId,
        answer -> answered((ConsumerGroupHeartbeatResponse) answer));
  }

  private void answered(ConsumerGroupHeartbeatResponse answer) {
    ErrorCode error = ErrorCode.forCode(answer.errorCode());
    switch (error) {
      case NONE -> {
        epoch = answer.memberEpoch();
        if (epoch > 0) {
          memberId = answer.memberId();
          world.known(memberId);
        }
        if (answer.assignment() != null) {
          assigned =
              answer.assignment().topicPartitions().stream()
                  .map(t -> new TopicPartitions().topicId(t.topicId()).partitions(t.partitions()))
                  .toList();
        }
      }
      case UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH, UNRELEASED_INSTANCE_ID, FENCED_INSTANCE_ID ->
          waits = true;
      default -> {}
    }
  }

  private Step commit(String id, int memberEpoch) {
    short version = (short) Math.max(world.version(Api.OFFSET_COMMIT), world.chance(0.1) ? 2 : 9);
    return world.ask(
        Api.OFFSET_COMMIT,
        version,
        new OffsetActor(world)
            .commit(version, groupId)
            .memberId(id)
            .generationIdOrMemberEpoch(memberEpoch),
        clientId,
        answer -> {});
  }
}
