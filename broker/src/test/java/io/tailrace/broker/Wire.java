package io.tailrace.broker;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.MemoryRecords;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.Records;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchRequest.FetchPartition;
import io.tailrace.protocol.message.FetchRequest.FetchTopic;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.ListOffsetsRequest;
import io.tailrace.protocol.message.ListOffsetsRequest.ListOffsetsPartition;
import io.tailrace.protocol.message.ListOffsetsRequest.ListOffsetsTopic;
import io.tailrace.protocol.message.ListOffsetsResponse;
import io.tailrace.protocol.message.ListOffsetsResponse.ListOffsetsPartitionResponse;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.ProduceRequest.PartitionProduceData;
import io.tailrace.protocol.message.ProduceRequest.TopicProduceData;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.protocol.message.ProduceResponse.PartitionProduceResponse;
import io.tailrace.record.InvalidRecordException;
import io.tailrace.record.RecordBatch;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.record.RecordReader;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** The requests that tests send most, and what is in their answers. */
final class Wire {
  /** Versions that know names only, and ids only. */
  static final int PRODUCE = 9;

  static final int FETCH = 12;
  static final int FETCH_BY_ID = 17;
  static final long TIME = 1_700_000_000_000L;

  private Wire() {}

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A batch of records without keys, a millisecond apart. */
  static ByteBuffer batch(String... values) {
    return records(new RecordBatchBuilder(), values).build();
  }

  static ByteBuffer idempotent(long producerId, int epoch, int sequence, String... values) {
    return records(new RecordBatchBuilder().producer(producerId, (short) epoch, sequence), values)
        .build();
  }

  static RecordBatchBuilder records(RecordBatchBuilder builder, String... values) {
    for (int i = 0; i < values.length; i++) {
      builder.append(TIME + i, null, bytes(values[i]));
    }
    return builder;
  }

  /** The batch with the checksum that belongs to its bytes. */
  static ByteBuffer withChecksum(ByteBuffer batch) {
    long crc = RecordBatch.computedCrc(batch, 0, batch.limit());
    return batch.putInt(RecordBatch.CRC, (int) crc);
  }

  static ProduceRequest produce(int acks, String topic, int partition, ByteBuffer records) {
    return produce(acks, topic, new UUID(0, 0), partition, records);
  }

  static ProduceRequest produce(
      int acks, String topic, UUID id, int partition, ByteBuffer records) {
    return new ProduceRequest()
        .acks((short) acks)
        .timeoutMs(10_000)
        .topicData(
            List.of(
                new TopicProduceData()
                    .name(topic)
                    .topicId(id)
                    .partitionData(List.of(data(partition, records)))));
  }

  static PartitionProduceData data(int partition, ByteBuffer records) {
    return new PartitionProduceData().index(partition).records(new MemoryRecords(records));
  }

  static PartitionProduceResponse appended(ProduceResponse response) {
    return response.responses().getFirst().partitionResponses().getFirst();
  }

  /** Produces one batch with acks=-1; its outcome. */
  static PartitionProduceResponse put(
      WireClient client, String topic, int partition, ByteBuffer records) throws IOException {
    return appended(client.call(produce(-1, topic, partition, records), PRODUCE));
  }

  static FetchPartition from(int partition, long offset) {
    return new FetchPartition().partition(partition).fetchOffset(offset).partitionMaxBytes(1 << 20);
  }

  static FetchRequest fetch(String topic, FetchPartition... partitions) {
    return fetch(topic, Message.ZERO_UUID, partitions);
  }

  /** Waits for nothing, unless changed. */
  static FetchRequest fetch(String topic, UUID id, FetchPartition... partitions) {
    return new FetchRequest()
        .maxWaitMs(0)
        .minBytes(1)
        .maxBytes(50 << 20)
        .sessionEpoch(-1)
        .topics(
            List.of(
                new FetchTopic().topic(topic).topicId(id).partitions(Arrays.asList(partitions))));
  }

  static FetchResponse.PartitionData fetched(FetchResponse response) {
    return response.responses().getFirst().partitions().getFirst();
  }

  static FetchResponse.PartitionData get(WireClient client, String topic, int partition, long from)
      throws IOException {
    return fetched(client.call(fetch(topic, from(partition, from)), FETCH));
  }

  /** All values in record batches, as {@code offset:value}. */
  static List<String> values(FetchResponse.PartitionData data) {
    Records records = data.records();
    ByteBuffer buffer =
        records instanceof MemoryRecords memory ? memory.buffer() : ByteBuffer.allocate(0);
    List<String> values = new ArrayList<>();
    int at = buffer.position();
    while (at < buffer.limit()) {
      try (RecordReader reader = RecordReader.open(buffer, at, 1 << 26)) {
        while (reader.next()) {
          ByteBuffer value = reader.value();
          values.add(
              reader.offset()
                  + ":"
                  + (value == null ? null : StandardCharsets.UTF_8.decode(value)));
        }
      } catch (InvalidRecordException e) {
        throw new AssertionError("fetched bytes are no batch at " + at, e);
      }
      at += RecordBatch.sizeInBytes(buffer, at);
    }
    return values;
  }

  static ListOffsetsPartitionResponse offset(
      WireClient client, String topic, int partition, long timestamp, int version)
      throws IOException {
    ListOffsetsResponse response =
        client.call(
            new ListOffsetsRequest()
                .replicaId(-1)
                .topics(
                    List.of(
                        new ListOffsetsTopic()
                            .name(topic)
                            .partitions(
                                List.of(
                                    new ListOffsetsPartition()
                                        .partitionIndex(partition)
                                        .currentLeaderEpoch(-1)
                                        .timestamp(timestamp))))),
            version);
    return response.topics().getFirst().partitions().getFirst();
  }

  static ErrorCode error(short code) {
    return ErrorCode.forCode(code);
  }
}
