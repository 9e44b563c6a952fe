package io.tailrace.server.group;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.MalformedMessageException;
import io.tailrace.protocol.ProtocolReader;
import io.tailrace.protocol.message.ConsumerGroupDescribeRequest;
import io.tailrace.protocol.message.ConsumerGroupDescribeResponse;
import io.tailrace.protocol.message.ConsumerProtocolAssignment;
import io.tailrace.protocol.message.DescribeGroupsRequest;
import io.tailrace.protocol.message.DescribeGroupsResponse;
import io.tailrace.protocol.message.ListGroupsResponse.ListedGroup;
import io.tailrace.server.client.BrokerConnection;
import io.tailrace.server.client.ClientException;
import io.tailrace.server.client.TopicPartition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Asks a coordinator for its groups. Those of the classic protocol are described by DescribeGroups,
 * those of KIP-848 by ConsumerGroupDescribe, and each says of the others that there are none.
 */
final class GroupDescriber {
  private static final String DEAD = "Dead";

  /** What members of classic groups say that their assignments are. */
  private static final String CONSUMER_PROTOCOL = "consumer";

  private final BrokerConnection coordinator;

  GroupDescriber(BrokerConnection coordinator) {
    this.coordinator = coordinator;
  }

  /**
   * Groups that have gone meanwhile are left out; of share and streams groups no member is told.
   */
  List<GroupState> describe(List<ListedGroup> listed) throws ClientException {
    List<String> classic = new ArrayList<>();
    List<String> consumer = new ArrayList<>();
    List<GroupState> states = new ArrayList<>();
    for (ListedGroup group : listed) {
      switch (type(group)) {
        case GroupState.CLASSIC -> classic.add(group.groupId());
        case GroupState.CONSUMER -> consumer.add(group.groupId());
        default ->
            states.add(
                new GroupState(group.groupId(), type(group), group.groupState(), "", List.of()));
      }
    }
    states.addAll(consumer.isEmpty() ? List.of() : describeConsumer(consumer));
    states.addAll(classic.isEmpty() ? List.of() : describeClassic(classic));
    return states;
  }

  /** Brokers that know one type only don't tell it. */
  private static String type(ListedGroup group) {
    return group.groupType().isEmpty()
        ? GroupState.CLASSIC
        : group.groupType().toLowerCase(Locale.ROOT);
  }

  /**
   * A group of either protocol.
   *
   * @throws ClientException if there is none of that name
   */
  GroupState describe(String group) throws ClientException {
    List<GroupState> found = new ArrayList<>();
    if (coordinator.serves(ApiKey.CONSUMER_GROUP_DESCRIBE)) {
      found.addAll(describeConsumer(List.of(group)));
    }
    if (found.isEmpty()) {
      found.addAll(describeClassic(List.of(group)));
    }
    if (found.isEmpty()) {
      throw new ClientException(
          "there is no group %s on %s; 'tailrace group list' shows all"
              .formatted(group, coordinator.address()),
          ErrorCode.GROUP_ID_NOT_FOUND);
    }
    return found.getFirst();
  }

  private List<GroupState> describeConsumer(List<String> groups) throws ClientException {
    ConsumerGroupDescribeResponse response =
        coordinator.call(
            ApiKey.CONSUMER_GROUP_DESCRIBE,
            0,
            1,
            new ConsumerGroupDescribeRequest().groupIds(groups));
    List<GroupState> states = new ArrayList<>();
    for (var group : response.groups()) {
      if (isThere(ApiKey.CONSUMER_GROUP_DESCRIBE, group.errorCode())) {
        List<GroupMember> members = group.members().stream().map(GroupDescriber::member).toList();
        states.add(
            new GroupState(
                group.groupId(),
                GroupState.CONSUMER,
                group.groupState(),
                group.assignorName(),
                members));
      }
    }
    return states;
  }

  /** A broker may know ConsumerGroupDescribe and have the new protocol turned off. */
  private boolean isThere(ApiKey key, short errorCode) throws ClientException {
    ErrorCode code = ErrorCode.forCode(errorCode);
    if (code == ErrorCode.GROUP_ID_NOT_FOUND || code == ErrorCode.UNSUPPORTED_VERSION) {
      return false;
    }
    coordinator.check(key, errorCode);
    return true;
  }

  private static GroupMember member(ConsumerGroupDescribeResponse.Member member) {
    Set<TopicPartition> assigned = new TreeSet<>();
    for (var topic : member.assignment().topicPartitions()) {
      for (int partition : topic.partitions()) {
        assigned.add(new TopicPartition(topic.topicName(), partition));
      }
    }
    return new GroupMember(member.memberId(), member.clientId(), member.clientHost(), assigned);
  }

  private List<GroupState> describeClassic(List<String> groups) throws ClientException {
    DescribeGroupsResponse response =
        coordinator.call(ApiKey.DESCRIBE_GROUPS, 0, 6, new DescribeGroupsRequest().groups(groups));
    List<GroupState> states = new ArrayList<>();
    for (var group : response.groups()) {
      if (isThere(ApiKey.DESCRIBE_GROUPS, group.errorCode()) && !group.groupState().equals(DEAD)) {
        boolean readable = group.protocolType().equals(CONSUMER_PROTOCOL);
        List<GroupMember> members =
            group.members().stream().map(it -> member(it, readable)).toList();
        states.add(
            new GroupState(
                group.groupId(),
                GroupState.CLASSIC,
                group.groupState(),
                group.protocolData(),
                members));
      }
    }
    return states;
  }

  /**
   * @param readable whether the assignment is a consumer's: others have formats of their own
   */
  private static GroupMember member(
      DescribeGroupsResponse.DescribedGroupMember member, boolean readable) {
    Set<TopicPartition> assigned = readable ? assigned(member.memberAssignment()) : Set.of();
    return new GroupMember(member.memberId(), member.clientId(), member.clientHost(), assigned);
  }

  /** Assignments are bytes of the clients' own: what is not in their usual form tells nothing. */
  private static Set<TopicPartition> assigned(byte[] bytes) {
    Set<TopicPartition> assigned = new TreeSet<>();
    try {
      ProtocolReader reader = new ProtocolReader(ByteBuffer.wrap(bytes));
      int version = bytes.length == 0 ? -1 : reader.readShort();
      if (version >= 0) {
        ConsumerProtocolAssignment assignment = new ConsumerProtocolAssignment();
        assignment.read(
            reader, (short) Math.min(version, ConsumerProtocolAssignment.HIGHEST_VERSION));
        for (var topic : assignment.assignedPartitions()) {
          for (int partition : topic.partitions()) {
            assigned.add(new TopicPartition(topic.topic(), partition));
          }
        }
      }
    } catch (MalformedMessageException e) {
      assigned.clear();
    }
    return assigned;
  }
}
