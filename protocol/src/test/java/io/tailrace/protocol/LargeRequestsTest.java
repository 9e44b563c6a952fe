package io.tailrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.CreateTopicsRequest.CreatableTopic;
import io.tailrace.protocol.message.CreateTopicsRequest.CreatableTopicConfig;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchRequest.FetchPartition;
import io.tailrace.protocol.message.FetchRequest.FetchTopic;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataRequest.MetadataRequestTopic;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.tailrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.tailrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.ProduceRequest.PartitionProduceData;
import io.tailrace.protocol.message.ProduceRequest.TopicProduceData;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The largest requests that clients of a large cluster send: the limit on what a frame may become
 * on the heap must not be in their way, with one partition a topic as the costliest case.
 */
class LargeRequestsTest {
  private final Random random = new Random(1);

  @Test
  void metadataOf100_000Topics() {
    List<MetadataRequestTopic> named =
        list(100_000, _ -> new MetadataRequestTopic().name(topicName()));
    assertAccepted(MetadataRequest::new, new MetadataRequest().topics(named), 0, 9, 12, 13);
    List<MetadataRequestTopic> ids =
        list(100_000, i -> new MetadataRequestTopic().name(null).topicId(new UUID(7, i + 1)));
    assertAccepted(MetadataRequest::new, new MetadataRequest().topics(ids), 12);
  }

  @Test
  void offsetCommitOf50_000Partitions() {
    List<OffsetCommitRequestPartition> partition =
        List.of(new OffsetCommitRequestPartition().committedOffset(1 << 20).committedMetadata("x"));
    List<OffsetCommitRequestTopic> topics =
        list(
            50_000,
            i ->
                new OffsetCommitRequestTopic()
                    .name(topicName())
                    .topicId(new UUID(7, i + 1))
                    .partitions(partition));
    OffsetCommitRequest request = new OffsetCommitRequest().groupId("g").topics(topics);
    assertAccepted(OffsetCommitRequest::new, request, 2, 8, 9, 10);
  }

  @Test
  void offsetFetchOf50_000Partitions() {
    List<OffsetFetchRequestTopics> topics =
        list(
            50_000,
            i ->
                new OffsetFetchRequestTopics()
                    .name(topicName())
                    .topicId(new UUID(7, i + 1))
                    .partitionIndexes(new int[] {i}));
    OffsetFetchRequestGroup group = new OffsetFetchRequestGroup().groupId("g").topics(topics);
    OffsetFetchRequest request = new OffsetFetchRequest().groups(List.of(group));
    assertAccepted(OffsetFetchRequest::new, request, 8, 9, 10);
  }

  @Test
  void createTopicsOf10_000Topics() {
    List<CreatableTopicConfig> configs =
        List.of(new CreatableTopicConfig().name("retention.ms").value("1000"));
    List<CreatableTopic> topics =
        list(
            10_000,
            _ ->
                new CreatableTopic()
                    .name(topicName())
                    .numPartitions(3)
                    .replicationFactor((short) -1)
                    .configs(configs));
    CreateTopicsRequest request = new CreateTopicsRequest().topics(topics);
    assertAccepted(CreateTopicsRequest::new, request, 4, 7);
  }

  @Test
  void produceTo10_000Partitions() {
    ByteBuffer batch = ByteBuffer.allocate(70);
    List<TopicProduceData> topics =
        list(
            10_000,
            i ->
                new TopicProduceData()
                    .name(topicName())
                    .topicId(new UUID(7, i + 1))
                    .partitionData(
                        List.of(new PartitionProduceData().records(new MemoryRecords(batch)))));
    ProduceRequest request = new ProduceRequest().topicData(topics);
    assertAccepted(ProduceRequest::new, request, 3, 9, 13);
  }

  @Test
  void fetchOf100_000Partitions() {
    List<FetchTopic> topics =
        list(
            100_000,
            i ->
                new FetchTopic()
                    .topic(topicName())
                    .topicId(new UUID(7, i + 1))
                    .partitions(List.of(new FetchPartition().partition(i).fetchOffset(i))));
    FetchRequest request = new FetchRequest().topics(topics);
    assertAccepted(FetchRequest::new, request, 4, 12, 13, 17);
  }

  /** One to twenty characters. */
  private String topicName() {
    return "abcdefghijklmnopqrst".substring(random.nextInt(20));
  }

  private static <T> List<T> list(int size, IntFunction<T> element) {
    return IntStream.range(0, size).mapToObj(element).toList();
  }

  private static void assertAccepted(
      Supplier<Message> newMessage, Message message, int... versions) {
    for (int version : versions) {
      byte[] frame = MessageType.write(message, (short) version);
      Message copy = newMessage.get();
      copy.read(new ProtocolReader(ByteBuffer.wrap(frame)), (short) version);
      assertThat(MessageType.write(copy, (short) version)).isEqualTo(frame);
    }
  }
}
