package io.tailrace.server.group;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ListGroupsRequest;
import io.tailrace.protocol.message.ListGroupsResponse;
import io.tailrace.protocol.message.ListGroupsResponse.ListedGroup;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.tailrace.protocol.message.OffsetFetchResponse;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseTopics;
import io.tailrace.server.client.BrokerConnection;
import io.tailrace.server.client.ClientException;
import io.tailrace.server.client.Cluster;
import io.tailrace.server.client.TopicPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads groups, their offsets and their lag from a cluster, over Kafka's protocol. */
final class GroupReader {
  private final Cluster cluster;
  private final long wallMs;

  /** What a coordinator knows of a group. */
  private record Known(GroupState state, Map<TopicPartition, Long> committed) {

    /** All partitions that have to do with the group. */
    Set<TopicPartition> partitions() {
      Set<TopicPartition> all = new TreeSet<>(committed.keySet());
      state.members().forEach(it -> all.addAll(it.assigned()));
      return all;
    }
  }

  /**
   * @param wallMs now, which the age of records is counted to
   */
  GroupReader(Cluster cluster, long wallMs) {
    this.cluster = cluster;
    this.wallMs = wallMs;
  }

  /** All groups of all brokers, by name. */
  List<GroupReport> list() throws ClientException {
    Map<String, Known> groups = new TreeMap<>();
    for (BrokerConnection broker : cluster.brokers()) {
      ListGroupsResponse listed = broker.call(ApiKey.LIST_GROUPS, 4, 5, new ListGroupsRequest());
      broker.check(ApiKey.LIST_GROUPS, listed.errorCode());
      List<String> names = listed.groups().stream().map(ListedGroup::groupId).toList();
      Map<String, Map<TopicPartition, Long>> committed = committed(broker, names);
      for (GroupState state : new GroupDescriber(broker).describe(listed.groups())) {
        Map<TopicPartition, Long> offsets = committed.getOrDefault(state.group(), Map.of());
        groups.put(state.group(), new Known(state, offsets));
      }
    }
    return reports(List.copyOf(groups.values()));
  }

  /**
   * One group.
   *
   * @throws ClientException if there is none of that name
   */
  GroupReport describe(String group) throws ClientException {
    BrokerConnection coordinator = cluster.coordinator(group);
    GroupState state = new GroupDescriber(coordinator).describe(group);
    Map<TopicPartition, Long> committed =
        committed(coordinator, List.of(group)).getOrDefault(group, Map.of());
    return reports(List.of(new Known(state, committed))).getFirst();
  }

  /** Committed offsets by group; none for groups that keep no offsets. */
  private static Map<String, Map<TopicPartition, Long>> committed(
      BrokerConnection coordinator, List<String> groups) throws ClientException {
    Map<String, Map<TopicPartition, Long>> committed = new HashMap<>();
    if (groups.isEmpty()) {
      return committed;
    }
    OffsetFetchRequest request =
        new OffsetFetchRequest()
            .groups(
                groups.stream()
                    .map(it -> new OffsetFetchRequestGroup().groupId(it).topics(null))
                    .toList());
    OffsetFetchResponse response = coordinator.call(ApiKey.OFFSET_FETCH, 8, 9, request);
    for (OffsetFetchResponseGroup group : response.groups()) {
      if (ErrorCode.forCode(group.errorCode()).retriable()) {
        coordinator.check(ApiKey.OFFSET_FETCH, group.errorCode());
      }
      committed.put(group.groupId(), offsets(group));
    }
    return committed;
  }

  private static Map<TopicPartition, Long> offsets(OffsetFetchResponseGroup group) {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    for (OffsetFetchResponseTopics topic : group.topics()) {
      for (OffsetFetchResponsePartitions partition : topic.partitions()) {
        if (partition.errorCode() == ErrorCode.NONE.code() && partition.committedOffset() >= 0) {
          offsets.put(
              new TopicPartition(topic.name(), partition.partitionIndex()),
              partition.committedOffset());
        }
      }
    }
    return offsets;
  }

  private List<GroupReport> reports(List<Known> groups) throws ClientException {
    Set<TopicPartition> all = new HashSet<>();
    groups.forEach(it -> all.addAll(it.partitions()));
    LogReader logs = new LogReader(cluster, all);
    List<GroupReport> reports = new ArrayList<>();
    for (Known group : groups) {
      reports.add(report(group, logs));
    }
    return reports;
  }

  private GroupReport report(Known group, LogReader logs) throws ClientException {
    Map<TopicPartition, GroupMember> owners = new HashMap<>();
    for (GroupMember member : group.state().members()) {
      member.assigned().forEach(it -> owners.put(it, member));
    }
    List<PartitionLag> lags = new ArrayList<>();
    for (TopicPartition partition : group.partitions()) {
      long committed = group.committed().getOrDefault(partition, PartitionLag.UNKNOWN);
      long end = logs.end(partition);
      long next = Math.max(committed, logs.start(partition));
      boolean known = committed >= 0 && end >= 0;
      long records = known ? Math.max(0, end - next) : PartitionLag.UNKNOWN;
      long ms = records > 0 ? age(logs.timestampAt(partition, next)) : records;
      lags.add(new PartitionLag(partition, committed, end, records, ms, owners.get(partition)));
    }
    return new GroupReport(group.state(), lags);
  }

  /** Of a record with a time in the future: 0. */
  private long age(long timestamp) {
    return timestamp < 0 ? PartitionLag.UNKNOWN : Math.max(0, wallMs - timestamp);
  }
}
