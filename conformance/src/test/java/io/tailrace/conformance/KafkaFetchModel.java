package io.tailrace.conformance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.FetchContext;
import org.apache.kafka.server.FetchManager;
import org.apache.kafka.server.FetchSession.FetchSessionCache;
import org.apache.kafka.server.FetchSessionCacheShard;

/**
 * What Apache Kafka's own session code answers to a fetch. What is in the partitions it gets from
 * the broker under test, by a fetch outside of any session.
 */
final class KafkaFetchModel {
  private static final long EVICTION_MS = 120_000;
  private static final short TOPIC_IDS = 13;

  private final FetchManager manager;
  private final WireConnection connection;

  /** The topics that there are. */
  private final Map<String, Uuid> topicIds;

  private final int partitions;

  /** The broker's session ids to the model's. */
  private final Map<Integer, Integer> sessionIds = new HashMap<>();

  private final LinkedHashMap<TopicIdPartition, PartitionData> truth = new LinkedHashMap<>();

  KafkaFetchModel(
      int slots, WireConnection connection, Map<String, Uuid> topicIds, int partitions) {
    FetchSessionCacheShard shard =
        new FetchSessionCacheShard(slots, EVICTION_MS, Integer.MAX_VALUE, 0);
    manager = new FetchManager(Time.SYSTEM, new FetchSessionCache(List.of(shard)));
    this.connection = connection;
    this.topicIds = topicIds;
    this.partitions = partitions;
  }

  /** The answer, but for the session id, which is the model's own. */
  FetchResponse answer(FetchRequest request) throws IOException {
    Map<Uuid, String> names = new HashMap<>();
    if (request.version() >= TOPIC_IDS) {
      topicIds.forEach((name, id) -> names.put(id, name));
    }
    FetchMetadata metadata = request.metadata();
    int session = sessionIds.getOrDefault(metadata.sessionId(), metadata.sessionId());
    FetchContext context =
        manager.newContext(
            request.version(),
            new FetchMetadata(session, metadata.epoch()),
            false,
            request.fetchData(names),
            request.forgottenTopics(names),
            names);
    look(context, request);
    return context.updateAndGenerateResponseData(new LinkedHashMap<>(truth), List.of());
  }

  void sameSession(int brokers, int models) {
    sessionIds.put(brokers, models);
  }

  /** State of all partitions that the latest answer is about, told or not. */
  Map<TopicIdPartition, PartitionData> truth() {
    return truth;
  }

  private void look(FetchContext context, FetchRequest request) throws IOException {
    truth.clear();
    List<TopicIdPartition> asked = new ArrayList<>();
    List<FetchTopic> topics = new ArrayList<>();
    LinkedHashMap<TopicIdPartition, PartitionData> erroneous = new LinkedHashMap<>();
    context.foreachPartition((partition, wanted) -> {
      Errors error = error(partition, request.version());
      if (error == Errors.NONE) {
        asked.add(partition);
        topics.add(topic(partition, wanted));
      } else {
        erroneous.put(partition, FetchResponse.partitionResponse(partition, error));
      }
    });
    if (!asked.isEmpty()) {
      read(asked, request, topics);
    }
    truth.putAll(erroneous);
  }

  /** As Kafka's request handler and replica manager decide it. */
  private Errors error(TopicIdPartition partition, short version) {
    if (partition.topic() == null) {
      return Errors.UNKNOWN_TOPIC_ID;
    }
    Uuid id = topicIds.get(partition.topic());
    if (id == null || partition.partition() >= partitions) {
      return Errors.UNKNOWN_TOPIC_OR_PARTITION;
    }
    boolean another = version >= TOPIC_IDS && !id.equals(partition.topicId());
    return another ? Errors.INCONSISTENT_TOPIC_ID : Errors.NONE;
  }

  private static FetchTopic topic(TopicIdPartition partition, FetchRequest.PartitionData wanted) {
    return new FetchTopic()
        .setTopic(partition.topic())
        .setTopicId(partition.topicId())
        .setPartitions(
            List.of(
                new FetchPartition()
                    .setPartition(partition.partition())
                    .setFetchOffset(wanted.fetchOffset)
                    .setPartitionMaxBytes(wanted.maxBytes)));
  }

  private void read(List<TopicIdPartition> asked, FetchRequest request, List<FetchTopic> topics)
      throws IOException {
    FetchRequestData sessionless =
        new FetchRequestData()
            .setMinBytes(request.minBytes())
            .setMaxBytes(request.maxBytes())
            .setTopics(topics);
    FetchResponseData response =
        (FetchResponseData) connection.exchange(ApiKeys.FETCH, request.version(), sessionless);
    int next = 0;
    for (var topic : response.responses()) {
      for (PartitionData data : topic.partitions()) {
        truth.put(asked.get(next++), data);
      }
    }
  }
}
