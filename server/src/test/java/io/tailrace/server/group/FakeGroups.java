package io.tailrace.server.group;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.MemoryRecords;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.ProtocolWriter;
import io.tailrace.protocol.message.ConsumerGroupDescribeRequest;
import io.tailrace.protocol.message.ConsumerGroupDescribeResponse;
import io.tailrace.protocol.message.ConsumerProtocolAssignment;
import io.tailrace.protocol.message.DescribeGroupsRequest;
import io.tailrace.protocol.message.DescribeGroupsResponse;
import io.tailrace.protocol.message.DescribeGroupsResponse.DescribedGroupMember;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.FindCoordinatorRequest;
import io.tailrace.protocol.message.FindCoordinatorResponse;
import io.tailrace.protocol.message.ListGroupsResponse;
import io.tailrace.protocol.message.ListGroupsResponse.ListedGroup;
import io.tailrace.protocol.message.ListOffsetsRequest;
import io.tailrace.protocol.message.ListOffsetsResponse;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import io.tailrace.protocol.message.MetadataResponse.MetadataResponsePartition;
import io.tailrace.protocol.message.MetadataResponse.MetadataResponseTopic;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchResponse;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseTopics;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.testkit.FakeBroker;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Two groups over the topic {@code t} of four partitions, with the log from 10 to 30 in each, and a
 * record every second up to now:
 *
 * <pre>
 *   new   consumer protocol  partitions 0 and 1 (caught up), committed 20 and 30; an idle member
 *   old   classic            partition 2, committed 5, so before the log's start; partition 3 none
 * </pre>
 */
final class FakeGroups {
  static final long NOW = 1_700_000_000_000L;
  static final String CONSUMER = "new";
  static final String CLASSIC = "old";
  private static final String TOPIC = "t";
  private static final long START = 10;
  private static final long END = 30;

  private FakeGroups() {}

  static void serve(FakeBroker broker) {
    broker.<MetadataRequest>on(ApiKey.METADATA, 13, request -> metadata(broker, request));
    broker.<FindCoordinatorRequest>on(ApiKey.FIND_COORDINATOR, 6, it -> coordinator(broker));
    broker.on(ApiKey.LIST_GROUPS, 5, request -> list());
    broker.on(ApiKey.CONSUMER_GROUP_DESCRIBE, 1, FakeGroups::describeConsumer);
    broker.on(ApiKey.DESCRIBE_GROUPS, 6, FakeGroups::describeClassic);
    broker.on(ApiKey.OFFSET_FETCH, 10, FakeGroups::offsets);
    broker.on(ApiKey.LIST_OFFSETS, 11, FakeGroups::ends);
    broker.on(ApiKey.FETCH, 18, FakeGroups::fetch);
  }

  private static Message metadata(FakeBroker broker, MetadataRequest request) {
    List<MetadataResponseTopic> topics =
        request.topics().stream()
            .map(it ->
                new MetadataResponseTopic()
                    .name(it.name())
                    .partitions(
                        IntStream.range(0, 4)
                            .mapToObj(i ->
                                new MetadataResponsePartition()
                                    .partitionIndex(i)
                                    .leaderId(FakeBroker.NODE))
                            .toList()))
            .toList();
    return new MetadataResponse().brokers(List.of(broker.node())).topics(topics);
  }

  static Message coordinator(FakeBroker broker) {
    return coordinator(broker, ErrorCode.NONE);
  }

  static Message coordinator(FakeBroker broker, ErrorCode error) {
    return new FindCoordinatorResponse()
        .coordinators(
            List.of(
                new FindCoordinatorResponse.Coordinator()
                    .errorCode(error.code())
                    .nodeId(FakeBroker.NODE)
                    .host(broker.node().host())
                    .port(broker.node().port())));
  }

  private static Message list() {
    return new ListGroupsResponse()
        .groups(
            List.of(
                listed(CLASSIC, "Classic"), listed(CONSUMER, "Consumer"), listed("us", "Share")));
  }

  private static ListedGroup listed(String name, String type) {
    return new ListedGroup()
        .groupId(name)
        .protocolType("consumer")
        .groupState("Stable")
        .groupType(type);
  }

  private static Message describeConsumer(ConsumerGroupDescribeRequest request) {
    return new ConsumerGroupDescribeResponse()
        .groups(request.groupIds().stream().map(FakeGroups::consumerGroup).toList());
  }

  private static ConsumerGroupDescribeResponse.DescribedGroup consumerGroup(String name) {
    var group = new ConsumerGroupDescribeResponse.DescribedGroup().groupId(name);
    if (!name.equals(CONSUMER)) {
      return group.errorCode(ErrorCode.GROUP_ID_NOT_FOUND.code());
    }
    return group
        .groupState("Stable")
        .assignorName("uniform")
        .members(List.of(consumerMember("m-1", 0, 1), consumerMember("m-2")));
  }

  private static ConsumerGroupDescribeResponse.Member consumerMember(String id, int... assigned) {
    var topics = new ConsumerGroupDescribeResponse.TopicPartitions().topicName(TOPIC);
    var assignment = new ConsumerGroupDescribeResponse.Assignment();
    if (assigned.length > 0) {
      assignment.topicPartitions(List.of(topics.partitions(assigned)));
    }
    return new ConsumerGroupDescribeResponse.Member()
        .memberId(id)
        .clientId("app")
        .clientHost("/127.0.0.1")
        .assignment(assignment);
  }

  private static Message describeClassic(DescribeGroupsRequest request) {
    return new DescribeGroupsResponse()
        .groups(request.groups().stream().map(FakeGroups::classicGroup).toList());
  }

  private static DescribeGroupsResponse.DescribedGroup classicGroup(String name) {
    var group = new DescribeGroupsResponse.DescribedGroup().groupId(name);
    if (!name.equals(CLASSIC)) {
      return group.groupState("Dead");
    }
    return group
        .groupState("Stable")
        .protocolType("consumer")
        .protocolData("range")
        .members(
            List.of(
                new DescribedGroupMember()
                    .memberId("m-3")
                    .clientId("legacy")
                    .clientHost("/127.0.0.2")
                    .memberAssignment(assignment(2, 3))));
  }

  /** As clients write it: a version, and then the message in it. */
  private static byte[] assignment(int... partitions) {
    ProtocolWriter writer = new ProtocolWriter();
    writer.writeShort((short) 1);
    new ConsumerProtocolAssignment()
        .assignedPartitions(
            List.of(
                new ConsumerProtocolAssignment.TopicPartition()
                    .topic(TOPIC)
                    .partitions(partitions)))
        .write(writer, (short) 1);
    byte[] bytes = new byte[writer.size()];
    writer.buffer().get(bytes);
    return bytes;
  }

  private static Message offsets(OffsetFetchRequest request) {
    return new OffsetFetchResponse()
        .groups(
            request.groups().stream()
                .map(it ->
                    switch (it.groupId()) {
                      case CONSUMER -> committed(CONSUMER, offset(0, 20), offset(1, END));
                      case CLASSIC -> committed(CLASSIC, offset(2, 5), offset(3, -1));
                      default ->
                          new OffsetFetchResponseGroup()
                              .groupId(it.groupId())
                              .errorCode(ErrorCode.GROUP_ID_NOT_FOUND.code());
                    })
                .toList());
  }

  private static OffsetFetchResponseGroup committed(
      String group, OffsetFetchResponsePartitions... partitions) {
    return new OffsetFetchResponseGroup()
        .groupId(group)
        .topics(
            List.of(new OffsetFetchResponseTopics().name(TOPIC).partitions(List.of(partitions))));
  }

  private static OffsetFetchResponsePartitions offset(int partition, long offset) {
    return new OffsetFetchResponsePartitions().partitionIndex(partition).committedOffset(offset);
  }

  private static Message ends(ListOffsetsRequest request) {
    return new ListOffsetsResponse()
        .topics(
            request.topics().stream()
                .map(topic ->
                    new ListOffsetsResponse.ListOffsetsTopicResponse()
                        .name(topic.name())
                        .partitions(
                            topic.partitions().stream()
                                .map(it ->
                                    new ListOffsetsResponse.ListOffsetsPartitionResponse()
                                        .partitionIndex(it.partitionIndex())
                                        .offset(it.timestamp() == -1 ? END : START))
                                .toList()))
                .toList());
  }

  /** The batch of one record at the offset. */
  private static Message fetch(FetchRequest request) {
    var topic = request.topics().getFirst();
    var partition = topic.partitions().getFirst();
    long offset = partition.fetchOffset();
    RecordBatchBuilder batch =
        new RecordBatchBuilder()
            .baseOffset(offset)
            .append(NOW - 1000 * (END - offset), null, new byte[5_000]);
    return new FetchResponse()
        .responses(
            List.of(
                new FetchResponse.FetchableTopicResponse()
                    .topic(topic.topic())
                    .partitions(
                        List.of(
                            new FetchResponse.PartitionData()
                                .partitionIndex(partition.partition())
                                .highWatermark(END)
                                .records(new MemoryRecords(batch.build()))))));
  }
}
