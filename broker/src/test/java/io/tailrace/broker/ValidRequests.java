package io.tailrace.broker;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.AlterConfigsRequest;
import io.tailrace.protocol.message.ApiVersionsRequest;
import io.tailrace.protocol.message.CreatePartitionsRequest;
import io.tailrace.protocol.message.CreatePartitionsRequest.CreatePartitionsTopic;
import io.tailrace.protocol.message.DeleteRecordsRequest;
import io.tailrace.protocol.message.DeleteRecordsRequest.DeleteRecordsPartition;
import io.tailrace.protocol.message.DeleteRecordsRequest.DeleteRecordsTopic;
import io.tailrace.protocol.message.DescribeClusterRequest;
import io.tailrace.protocol.message.DescribeConfigsRequest;
import io.tailrace.protocol.message.DescribeConfigsRequest.DescribeConfigsResource;
import io.tailrace.protocol.message.DescribeLogDirsRequest;
import io.tailrace.protocol.message.DescribeProducersRequest;
import io.tailrace.protocol.message.DescribeTopicPartitionsRequest;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest.AlterConfigsResource;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest.AlterableConfig;
import io.tailrace.protocol.message.InitProducerIdRequest;
import io.tailrace.protocol.message.ListOffsetsRequest;
import io.tailrace.protocol.message.ListOffsetsRequest.ListOffsetsPartition;
import io.tailrace.protocol.message.ListOffsetsRequest.ListOffsetsTopic;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataRequest.MetadataRequestTopic;
import io.tailrace.protocol.message.OffsetForLeaderEpochRequest;
import io.tailrace.protocol.message.OffsetForLeaderEpochRequest.OffsetForLeaderPartition;
import io.tailrace.protocol.message.OffsetForLeaderEpochRequest.OffsetForLeaderTopic;
import java.util.List;

/** One good request of each API that harms no topic, for topic {@code t}, in any version. */
final class ValidRequests {
  private static final String TOPIC = "t";

  private ValidRequests() {}

  static ApiKey key(Message request) {
    for (ApiKey key : ApiKey.values()) {
      if (key.newRequest().getClass() == request.getClass()) {
        return key;
      }
    }
    throw new IllegalArgumentException(request.getClass() + " is no request");
  }

  static List<Message> all() {
    return List.of(
        new ApiVersionsRequest().clientSoftwareName("tests").clientSoftwareVersion("1"),
        Wire.produce(1, TOPIC, 0, Wire.batch("a", "b")),
        Wire.fetch(TOPIC, Wire.from(0, 0), Wire.from(1, 0)),
        new ListOffsetsRequest()
            .replicaId(-1)
            .topics(
                List.of(
                    new ListOffsetsTopic()
                        .name(TOPIC)
                        .partitions(List.of(new ListOffsetsPartition().timestamp(5))))),
        new DeleteRecordsRequest()
            .timeoutMs(1000)
            .topics(
                List.of(
                    new DeleteRecordsTopic()
                        .name(TOPIC)
                        .partitions(List.of(new DeleteRecordsPartition().offset(0))))),
        new OffsetForLeaderEpochRequest()
            .replicaId(-1)
            .topics(
                List.of(
                    new OffsetForLeaderTopic()
                        .topic(TOPIC)
                        .partitions(List.of(new OffsetForLeaderPartition())))),
        new InitProducerIdRequest().transactionalId(null),
        new MetadataRequest().topics(List.of(new MetadataRequestTopic().name(TOPIC))),
        new DescribeClusterRequest(),
        new DescribeTopicPartitionsRequest()
            .topics(List.of(new DescribeTopicPartitionsRequest.TopicRequest().name(TOPIC)))
            .cursor(new DescribeTopicPartitionsRequest.Cursor().topicName(TOPIC)),
        TestBroker.newTopic(TOPIC, 2, "retention.ms", "5"),
        new CreatePartitionsRequest()
            .topics(List.of(new CreatePartitionsTopic().name(TOPIC).count(2).assignments(null))),
        new IncrementalAlterConfigsRequest()
            .resources(
                List.of(
                    new AlterConfigsResource()
                        .resourceType((byte) 2)
                        .resourceName(TOPIC)
                        .configs(
                            List.of(new AlterableConfig().name("segment.ms").value("77777"))))),
        new AlterConfigsRequest()
            .resources(
                List.of(
                    new AlterConfigsRequest.AlterConfigsResource()
                        .resourceType((byte) 2)
                        .resourceName(TOPIC))),
        new DescribeConfigsRequest()
            .includeSynonyms(true)
            .resources(
                List.of(
                    new DescribeConfigsResource()
                        .resourceType((byte) 4)
                        .resourceName("1")
                        .configurationKeys(null))),
        new DescribeLogDirsRequest(),
        new DescribeProducersRequest()
            .topics(
                List.of(
                    new DescribeProducersRequest.TopicRequest()
                        .name(TOPIC)
                        .partitionIndexes(new int[] {0}))));
  }
}
