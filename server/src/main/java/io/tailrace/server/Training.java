package io.tailrace.server;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.MemoryRecords;
import io.tailrace.protocol.message.ApiVersionsRequest;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.CreateTopicsRequest.CreatableTopic;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchRequest.FetchPartition;
import io.tailrace.protocol.message.FetchRequest.FetchTopic;
import io.tailrace.protocol.message.ListOffsetsRequest;
import io.tailrace.protocol.message.ListOffsetsRequest.ListOffsetsPartition;
import io.tailrace.protocol.message.ListOffsetsRequest.ListOffsetsTopic;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.ProduceRequest.PartitionProduceData;
import io.tailrace.protocol.message.ProduceRequest.TopicProduceData;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.server.client.BrokerAddress;
import io.tailrace.server.client.BrokerConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.UUID;

/**
 * What a broker does while the JVM watches it to make the AOT cache (JEP 514): the launcher runs
 * {@code train DIR} once for each jar. The real start command serves a client that does a little of
 * everything, and stops; then once more, because a start with data takes other ways.
 */
final class Training implements StartCommand.Stop {
  private static final String TOPIC = "training";

  /** So many that the hot path's profile is in the cache, too: a second or two. */
  private static final int ROUNDS = 2_000;

  private static final int API_VERSIONS = 3;
  private static final int METADATA = 12;
  private static final int CREATE_TOPICS = 7;
  private static final int PRODUCE = 13;
  private static final int FETCH = 17;
  private static final int LIST_OFFSETS = 8;

  private final StartCommand.Stop signals;
  private String address = "";

  /**
   * @param signals installed as in a real start, and not waited for
   */
  Training(StartCommand.Stop signals) {
    this.signals = signals;
  }

  @Override
  public void install(String bootstrapServers) {
    signals.install(bootstrapServers);
    address = bootstrapServers;
  }

  /** The broker serves: uses it. */
  @Override
  public void await() {
    try (BrokerConnection client = new BrokerConnection(BrokerAddress.parse(address))) {
      client.call(ApiKey.API_VERSIONS, API_VERSIONS, versions());
      client.call(ApiKey.CREATE_TOPICS, CREATE_TOPICS, topic());
      MetadataRequest all = new MetadataRequest().topics(null);
      MetadataResponse metadata = client.call(ApiKey.METADATA, METADATA, all);
      UUID id = metadata.topics().getFirst().topicId();
      for (int round = 0; round < ROUNDS; round++) {
        client.call(ApiKey.PRODUCE, PRODUCE, produce(id));
        client.call(ApiKey.FETCH, FETCH, fetch(id, round));
      }
      client.call(ApiKey.LIST_OFFSETS, LIST_OFFSETS, listOffsets());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void ended() {
    throw new IllegalStateException("a training that fails teaches nothing");
  }

  private static ApiVersionsRequest versions() {
    return new ApiVersionsRequest().clientSoftwareName("training").clientSoftwareVersion("1");
  }

  private static CreateTopicsRequest topic() {
    return new CreateTopicsRequest()
        .timeoutMs(10_000)
        .topics(
            List.of(
                new CreatableTopic().name(TOPIC).numPartitions(2).replicationFactor((short) 1)));
  }

  private static ProduceRequest produce(UUID id) {
    RecordBatchBuilder batch = new RecordBatchBuilder();
    for (int i = 0; i < 10; i++) {
      batch.append(1_000 + i, null, new byte[100]);
    }
    return new ProduceRequest()
        .acks((short) -1)
        .timeoutMs(10_000)
        .topicData(
            List.of(
                new TopicProduceData()
                    .topicId(id)
                    .partitionData(
                        List.of(
                            new PartitionProduceData()
                                .index(0)
                                .records(new MemoryRecords(batch.build()))))));
  }

  private static FetchRequest fetch(UUID id, long offset) {
    return new FetchRequest()
        .maxWaitMs(100)
        .minBytes(1)
        .maxBytes(1 << 20)
        .topics(
            List.of(
                new FetchTopic()
                    .topicId(id)
                    .partitions(
                        List.of(
                            new FetchPartition()
                                .partition(0)
                                .fetchOffset(offset)
                                .partitionMaxBytes(1 << 14)))));
  }

  private static ListOffsetsRequest listOffsets() {
    return new ListOffsetsRequest()
        .replicaId(-1)
        .topics(
            List.of(
                new ListOffsetsTopic()
                    .name(TOPIC)
                    .partitions(
                        List.of(new ListOffsetsPartition().partitionIndex(0).timestamp(-1)))));
  }
}
