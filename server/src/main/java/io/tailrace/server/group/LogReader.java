package io.tailrace.server.group;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.MemoryRecords;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchRequest.FetchPartition;
import io.tailrace.protocol.message.FetchRequest.FetchTopic;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.FetchResponse.PartitionData;
import io.tailrace.protocol.message.ListOffsetsRequest;
import io.tailrace.protocol.message.ListOffsetsRequest.ListOffsetsPartition;
import io.tailrace.protocol.message.ListOffsetsRequest.ListOffsetsTopic;
import io.tailrace.protocol.message.ListOffsetsResponse;
import io.tailrace.record.RecordBatch;
import io.tailrace.server.client.BrokerConnection;
import io.tailrace.server.client.ClientException;
import io.tailrace.server.client.Cluster;
import io.tailrace.server.client.TopicPartition;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Asks the leaders of partitions where their logs begin and end, and how old records are. */
final class LogReader {
  private static final long EARLIEST = -2;
  private static final long LATEST = -1;
  private static final int CONSUMER = -1;

  /** Room for a header; a broker sends the first batch whole, even if that is longer. */
  private static final int FETCH_BYTES = 1024;

  private final Map<TopicPartition, BrokerConnection> leaders;
  private final Map<TopicPartition, Long> starts = new HashMap<>();
  private final Map<TopicPartition, Long> ends = new HashMap<>();
  private final Map<Position, Long> timestamps = new HashMap<>();

  private record Position(TopicPartition partition, long offset) {}

  /** Asks for starts and ends: of all partitions at once, because that takes two requests. */
  LogReader(Cluster cluster, Set<TopicPartition> partitions) throws ClientException {
    Set<String> topics = partitions.stream().map(TopicPartition::topic).collect(Collectors.toSet());
    leaders = topics.isEmpty() ? Map.of() : cluster.leaders(topics);
    Map<BrokerConnection, List<TopicPartition>> byLeader =
        partitions.stream()
            .filter(leaders::containsKey)
            .collect(Collectors.groupingBy(leaders::get));
    for (Map.Entry<BrokerConnection, List<TopicPartition>> led : byLeader.entrySet()) {
      listOffsets(led.getKey(), led.getValue(), EARLIEST, starts);
      listOffsets(led.getKey(), led.getValue(), LATEST, ends);
    }
  }

  private static void listOffsets(
      BrokerConnection leader,
      Collection<TopicPartition> partitions,
      long timestamp,
      Map<TopicPartition, Long> offsets)
      throws ClientException {
    Map<String, List<ListOffsetsPartition>> byTopic =
        partitions.stream()
            .collect(
                Collectors.groupingBy(
                    TopicPartition::topic,
                    TreeMap::new,
                    Collectors.mapping(
                        it ->
                            new ListOffsetsPartition()
                                .partitionIndex(it.partition())
                                .timestamp(timestamp),
                        Collectors.toList())));
    ListOffsetsRequest request =
        new ListOffsetsRequest()
            .replicaId(CONSUMER)
            .topics(
                byTopic.entrySet().stream()
                    .map(it -> new ListOffsetsTopic().name(it.getKey()).partitions(it.getValue()))
                    .toList());
    ListOffsetsResponse response = leader.call(ApiKey.LIST_OFFSETS, 1, 9, request);
    for (var topic : response.topics()) {
      for (var partition : topic.partitions()) {
        if (partition.errorCode() == ErrorCode.NONE.code()) {
          offsets.put(
              new TopicPartition(topic.name(), partition.partitionIndex()), partition.offset());
        }
      }
    }
  }

  /** The first offset that the log still has; unknown without a leader that tells. */
  long start(TopicPartition partition) {
    return starts.getOrDefault(partition, PartitionLag.UNKNOWN);
  }

  /** The high watermark; unknown without a leader that tells. */
  long end(TopicPartition partition) {
    return ends.getOrDefault(partition, PartitionLag.UNKNOWN);
  }

  /**
   * When the batch that holds an offset was begun, in ms; unknown if it does not say so, or can't
   * be fetched.
   */
  long timestampAt(TopicPartition partition, long offset) throws ClientException {
    Position position = new Position(partition, offset);
    Long known = timestamps.get(position);
    if (known == null) {
      BrokerConnection leader = leaders.get(partition);
      known = leader == null ? PartitionLag.UNKNOWN : fetch(leader, position);
      timestamps.put(position, known);
    }
    return known;
  }

  /** Of each fetch a broker sends the first partition's first batch only: so one at a time. */
  private static long fetch(BrokerConnection leader, Position position) throws ClientException {
    FetchRequest request =
        new FetchRequest()
            .maxWaitMs(0)
            .minBytes(1)
            .maxBytes(FETCH_BYTES)
            .topics(
                List.of(
                    new FetchTopic()
                        .topic(position.partition().topic())
                        .partitions(
                            List.of(
                                new FetchPartition()
                                    .partition(position.partition().partition())
                                    .fetchOffset(position.offset())
                                    .partitionMaxBytes(FETCH_BYTES)))));
    FetchResponse response = leader.call(ApiKey.FETCH, 4, 12, request);
    leader.check(ApiKey.FETCH, response.errorCode());
    for (var topic : response.responses()) {
      for (PartitionData data : topic.partitions()) {
        return timestamp(data);
      }
    }
    return PartitionLag.UNKNOWN;
  }

  private static long timestamp(PartitionData data) {
    if (data.errorCode() == ErrorCode.NONE.code() && data.records() instanceof MemoryRecords held) {
      ByteBuffer bytes = held.buffer();
      int at = bytes.position();
      if (bytes.remaining() >= RecordBatch.HEADER_SIZE
          && RecordBatch.magic(bytes, at) == RecordBatch.MAGIC_V2) {
        return RecordBatch.firstTimestamp(bytes, at);
      }
    }
    return PartitionLag.UNKNOWN;
  }
}
