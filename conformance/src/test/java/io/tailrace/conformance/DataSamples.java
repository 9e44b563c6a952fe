package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopicCollection;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Requests of the APIs that move records. */
final class DataSamples {
  private static final short PRODUCE_TOPIC_IDS = 13;
  private static final short FETCH_TOPIC_IDS = 13;

  /** Each produce sample adds one of these to the topic. */
  static final SimpleRecord RECORD = new SimpleRecord(5000, "key".getBytes(), "value".getBytes());

  private final TopicIdPartition filled;

  /**
   * @param filled a partition that holds at least one {@link #RECORD} already
   */
  DataSamples(TopicIdPartition filled) {
    this.filled = filled;
  }

  Stream<ApiSample> all() {
    return Stream.of(produce(), fetch(), listOffsets(), others()).flatMap(samples -> samples);
  }

  private Stream<ApiSample> produce() {
    MemoryRecords good = MemoryRecords.withRecords(Compression.NONE, RECORD);
    MemoryRecords zstd = MemoryRecords.withRecords(Compression.zstd().build(), RECORD);
    MemoryRecords large =
        MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(new byte[1_100_000]));
    return Stream.of(
        produce("a batch", filled, -1, good).checks(ProduceResponseData.class, this::appended),
        produce("a batch with acks 1", filled, 1, good)
            .checks(ProduceResponseData.class, this::appended),
        produce("acks 2", filled, 2, good).fails(Errors.INVALID_REQUIRED_ACKS),
        produce("zstd to old versions", filled, -1, zstd)
            .until(6)
            .fails(Errors.UNSUPPORTED_COMPRESSION_TYPE),
        produce("zstd", filled, -1, zstd).since(7),
        produce("too much", filled, -1, large).fails(Errors.MESSAGE_TOO_LARGE),
        produce("a wrong CRC", filled, -1, damaged(good)).fails(Errors.CORRUPT_MESSAGE),
        produce("an unknown partition", partition(99), -1, good)
            .fails(Errors.UNKNOWN_TOPIC_OR_PARTITION),
        produce("an unknown topic", unknown(), -1, good)
            .until(PRODUCE_TOPIC_IDS - 1)
            .fails(Errors.UNKNOWN_TOPIC_OR_PARTITION),
        produce("an unknown topic id", unknown(), -1, good)
            .since(PRODUCE_TOPIC_IDS)
            .fails(Errors.UNKNOWN_TOPIC_ID));
  }

  private static ApiSample produce(
      String name, TopicIdPartition partition, int acks, MemoryRecords records) {
    return ApiSample.of(
        ApiKeys.PRODUCE,
        name,
        version -> {
          TopicProduceData topic = new TopicProduceData();
          if (version >= PRODUCE_TOPIC_IDS) {
            topic.setTopicId(partition.topicId());
          } else {
            topic.setName(partition.topic());
          }
          topic.setPartitionData(
              List.of(
                  new PartitionProduceData()
                      .setIndex(partition.partition())
                      .setRecords(MemoryRecords.readableRecords(records.buffer().duplicate()))));
          return new ProduceRequestData()
              .setAcks((short) acks)
              .setTimeoutMs(10_000)
              .setTopicData(new TopicProduceDataCollection(List.of(topic).iterator()));
        });
  }

  private void appended(short version, ProduceResponseData response) {
    var topic = response.responses().iterator().next();
    if (version >= PRODUCE_TOPIC_IDS) {
      assertThat(topic.topicId()).isEqualTo(filled.topicId());
    } else {
      assertThat(topic.name()).isEqualTo(filled.topic());
    }
    PartitionProduceResponse partition = topic.partitionResponses().getFirst();
    assertThat(partition.baseOffset()).isNotNegative();
    assertThat(partition.logAppendTimeMs()).isEqualTo(RecordBatch.NO_TIMESTAMP);
    assertThat(partition.logStartOffset()).isEqualTo(version >= 5 ? 0 : -1);
  }

  private static MemoryRecords damaged(MemoryRecords records) {
    ByteBuffer copy = ByteBuffer.allocate(records.sizeInBytes());
    copy.put(records.buffer().duplicate()).flip();
    int last = copy.limit() - 1;
    copy.put(last, (byte) ~copy.get(last));
    return MemoryRecords.readableRecords(copy);
  }

  private Stream<ApiSample> fetch() {
    return Stream.of(
        fetch("records", filled, 0, -1).checks(FetchResponseData.class, this::fetched),
        fetch("an offset after the end", filled, 1_000_000, -1).fails(Errors.OFFSET_OUT_OF_RANGE),
        fetch("a leader epoch to come", filled, 0, 7).since(9).fails(Errors.UNKNOWN_LEADER_EPOCH),
        fetch("an unknown partition", partition(99), 0, -1)
            .fails(Errors.UNKNOWN_TOPIC_OR_PARTITION),
        fetch("an unknown topic", unknown(), 0, -1)
            .until(FETCH_TOPIC_IDS - 1)
            .fails(Errors.UNKNOWN_TOPIC_OR_PARTITION),
        fetch("an unknown topic id", unknown(), 0, -1)
            .since(FETCH_TOPIC_IDS)
            .fails(Errors.UNKNOWN_TOPIC_ID),
        ApiSample.of(ApiKeys.FETCH, "nothing", version -> new FetchRequestData().setMaxWaitMs(1)),
        ApiSample.of(
                ApiKeys.FETCH,
                "a session that is not there",
                version -> new FetchRequestData().setSessionId(123456).setSessionEpoch(5))
            .since(7)
            .fails(Errors.FETCH_SESSION_ID_NOT_FOUND));
  }

  private static ApiSample fetch(
      String name, TopicIdPartition partition, long offset, int leaderEpoch) {
    return ApiSample.of(
        ApiKeys.FETCH,
        name,
        version -> {
          FetchTopic topic = new FetchTopic();
          if (version >= FETCH_TOPIC_IDS) {
            topic.setTopicId(partition.topicId());
          } else {
            topic.setTopic(partition.topic());
          }
          topic.setPartitions(
              List.of(
                  new FetchPartition()
                      .setPartition(partition.partition())
                      .setFetchOffset(offset)
                      .setCurrentLeaderEpoch(leaderEpoch)
                      .setPartitionMaxBytes(1_000_000)));
          return new FetchRequestData().setMaxWaitMs(1000).setMinBytes(1).setTopics(List.of(topic));
        });
  }

  private void fetched(short version, FetchResponseData response) {
    var topic = response.responses().getFirst();
    if (version >= FETCH_TOPIC_IDS) {
      assertThat(topic.topicId()).isEqualTo(filled.topicId());
    } else {
      assertThat(topic.topic()).isEqualTo(filled.topic());
    }
    PartitionData partition = topic.partitions().getFirst();
    assertThat(partition.highWatermark()).isPositive();
    assertThat(partition.lastStableOffset()).isEqualTo(partition.highWatermark());
    assertThat(partition.logStartOffset()).isEqualTo(version >= 5 ? 0 : -1);
    assertThat(partition.preferredReadReplica()).isEqualTo(-1);
    MemoryRecords records = (MemoryRecords) partition.records();
    RecordBatch first = records.batches().iterator().next();
    first.ensureValid();
    assertThat(first.baseOffset()).isZero();
    assertThat(first.iterator().next().value()).isEqualTo(RECORD.value());
  }

  private Stream<ApiSample> listOffsets() {
    return Stream.of(
        listOffsets("earliest", filled, -2).checks(ListOffsetsResponseData.class, this::atStart),
        listOffsets("latest", filled, -1)
            .checks(
                ListOffsetsResponseData.class,
                (version, response) -> assertThat(found(response).offset()).isPositive()),
        listOffsets("a time", filled, 1).checks(ListOffsetsResponseData.class, this::firstRecord),
        listOffsets("a time after all", filled, RECORD.timestamp() + 1)
            .checks(ListOffsetsResponseData.class, this::nothing),
        listOffsets("max timestamp", filled, -3)
            .since(7)
            .checks(ListOffsetsResponseData.class, this::firstRecord),
        listOffsets("max timestamp to old versions", filled, -3)
            .until(6)
            .fails(Errors.UNSUPPORTED_VERSION),
        listOffsets("earliest local", filled, -4)
            .since(8)
            .checks(ListOffsetsResponseData.class, this::atStart),
        listOffsets("latest tiered", filled, -5)
            .since(9)
            .checks(ListOffsetsResponseData.class, this::nothing),
        listOffsets("earliest pending upload", filled, -6)
            .since(11)
            .checks(ListOffsetsResponseData.class, this::nothing),
        listOffsets("an unknown topic", unknown(), -1).fails(Errors.UNKNOWN_TOPIC_OR_PARTITION));
  }

  private static ApiSample listOffsets(String name, TopicIdPartition partition, long timestamp) {
    return ApiSample.of(
        ApiKeys.LIST_OFFSETS,
        name,
        version ->
            new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setIsolationLevel((byte) (version >= 2 ? 1 : 0))
                .setTopics(
                    List.of(
                        new ListOffsetsTopic()
                            .setName(partition.topic())
                            .setPartitions(
                                List.of(
                                    new ListOffsetsPartition()
                                        .setPartitionIndex(partition.partition())
                                        .setTimestamp(timestamp))))));
  }

  private static ListOffsetsPartitionResponse found(ListOffsetsResponseData response) {
    return response.topics().getFirst().partitions().getFirst();
  }

  private void atStart(short version, ListOffsetsResponseData response) {
    assertThat(found(response).offset()).isZero();
    assertThat(found(response).timestamp()).isEqualTo(-1);
    assertThat(found(response).leaderEpoch()).isEqualTo(version >= 4 ? 0 : -1);
  }

  private void firstRecord(short version, ListOffsetsResponseData response) {
    assertThat(found(response).offset()).isZero();
    assertThat(found(response).timestamp()).isEqualTo(RECORD.timestamp());
    assertThat(found(response).leaderEpoch()).isEqualTo(version >= 4 ? 0 : -1);
  }

  private void nothing(short version, ListOffsetsResponseData response) {
    assertThat(found(response).offset()).isEqualTo(-1);
    assertThat(found(response).timestamp()).isEqualTo(-1);
  }

  private Stream<ApiSample> others() {
    return Stream.of(
        epochEnd("the current epoch", filled, 0)
            .checks(
                OffsetForLeaderEpochResponseData.class,
                (version, response) -> {
                  var end = response.topics().iterator().next().partitions().getFirst();
                  assertThat(end.leaderEpoch()).isZero();
                  assertThat(end.endOffset()).isPositive();
                }),
        epochEnd("an epoch to come", filled, 3)
            .checks(
                OffsetForLeaderEpochResponseData.class,
                (version, response) -> {
                  var end = response.topics().iterator().next().partitions().getFirst();
                  assertThat(end.leaderEpoch()).isEqualTo(-1);
                  assertThat(end.endOffset()).isEqualTo(-1);
                }),
        epochEnd("an unknown topic", unknown(), 0).fails(Errors.UNKNOWN_TOPIC_OR_PARTITION),
        ApiSample.of(
                ApiKeys.INIT_PRODUCER_ID,
                "an id for an idempotent producer",
                version ->
                    new InitProducerIdRequestData()
                        .setTransactionalId(null)
                        .setTransactionTimeoutMs(Integer.MAX_VALUE))
            .checks(
                InitProducerIdResponseData.class,
                (version, response) -> {
                  assertThat(response.producerId()).isNotNegative();
                  assertThat(response.producerEpoch()).isZero();
                }));
  }

  private static ApiSample epochEnd(String name, TopicIdPartition partition, int epoch) {
    return ApiSample.of(
        ApiKeys.OFFSET_FOR_LEADER_EPOCH,
        name,
        version -> {
          OffsetForLeaderTopic topic =
              new OffsetForLeaderTopic()
                  .setTopic(partition.topic())
                  .setPartitions(
                      List.of(
                          new OffsetForLeaderPartition()
                              .setPartition(partition.partition())
                              .setLeaderEpoch(epoch)));
          return new OffsetForLeaderEpochRequestData()
              .setReplicaId(-1)
              .setTopics(new OffsetForLeaderTopicCollection(List.of(topic).iterator()));
        });
  }

  private TopicIdPartition partition(int index) {
    return new TopicIdPartition(filled.topicId(), index, filled.topic());
  }

  private static TopicIdPartition unknown() {
    return new TopicIdPartition(new Uuid(7, 7), 0, "not-there");
  }
}
