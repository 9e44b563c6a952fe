package io.tailrace.bench.floor;

import io.tailrace.bench.load.Frames;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.ProtocolReader;
import io.tailrace.protocol.message.ApiVersionsResponse;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.CreateTopicsResponse;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.protocol.message.DeleteTopicsResponse;
import io.tailrace.protocol.message.HeartbeatResponse;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import io.tailrace.protocol.message.RequestHeader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers the few requests around a measurement, by way of the generated messages. */
final class FloorAdmin {
  private static final int NODE_ID = 1;
  private static final short HEARTBEAT_VERSION = 4;
  private static final short CONSUMER_HEARTBEAT_VERSION = 1;

  private final InetSocketAddress address;
  private final FloorTopics topics;
  private final ByteBuffer heartbeat =
      Frames.response(ApiKey.HEARTBEAT, HEARTBEAT_VERSION, 0, new HeartbeatResponse());
  private final ByteBuffer consumerHeartbeat =
      Frames.response(
          ApiKey.CONSUMER_GROUP_HEARTBEAT,
          CONSUMER_HEARTBEAT_VERSION,
          0,
          new ConsumerGroupHeartbeatResponse());

  FloorAdmin(InetSocketAddress address, FloorTopics topics) {
    this.address = address;
    this.topics = topics;
  }

  /** The frame of the answer to any Heartbeat, but for the correlation id. */
  ByteBuffer heartbeat() {
    return heartbeat;
  }

  /** The frame of the answer to any ConsumerGroupHeartbeat, but for the correlation id. */
  ByteBuffer consumerHeartbeat() {
    return consumerHeartbeat;
  }

  /** The whole frame that answers the request, which is handed in without its size field. */
  ByteBuffer answer(ByteBuffer frame) throws IOException {
    ApiKey api = ApiKey.forId(frame.getShort(frame.position()));
    short version = frame.getShort(frame.position() + Short.BYTES);
    if (api == null) {
      throw new IOException("no such API: " + frame.getShort(frame.position()));
    }
    ProtocolReader reader = new ProtocolReader(frame.slice());
    RequestHeader header = new RequestHeader();
    header.read(reader, api.requestHeaderVersion(version));
    Message request = api.newRequest();
    request.read(reader, version);
    Message answer =
        switch (request) {
          case MetadataRequest metadata -> metadata(metadata);
          case CreateTopicsRequest create -> create(create);
          case DeleteTopicsRequest delete -> delete(delete);
          default -> versions(api);
        };
    return Frames.response(api, version, header.correlationId(), answer);
  }

  private static Message versions(ApiKey api) throws IOException {
    if (api != ApiKey.API_VERSIONS) {
      throw new IOException("the floor does not know " + api);
    }
    return new ApiVersionsResponse()
        .apiKeys(
            List.of(
                version(ApiKey.PRODUCE, ProduceAnswer.VERSION),
                version(ApiKey.FETCH, FetchAnswer.VERSION),
                version(ApiKey.HEARTBEAT, HEARTBEAT_VERSION),
                version(ApiKey.CONSUMER_GROUP_HEARTBEAT, CONSUMER_HEARTBEAT_VERSION)));
  }

  private static ApiVersionsResponse.ApiVersion version(ApiKey api, short version) {
    return new ApiVersionsResponse.ApiVersion()
        .apiKey(api.id())
        .minVersion(version)
        .maxVersion(version);
  }

  private Message metadata(MetadataRequest request) {
    List<MetadataResponse.MetadataResponseTopic> answers = new ArrayList<>();
    List<MetadataRequest.MetadataRequestTopic> wanted = request.topics();
    if (wanted != null) {
      wanted.forEach(topic -> answers.add(describe(topic.name())));
    }
    var broker =
        new MetadataResponse.MetadataResponseBroker()
            .nodeId(NODE_ID)
            .host(address.getHostString())
            .port(address.getPort());
    return new MetadataResponse().brokers(List.of(broker)).topics(answers);
  }

  private MetadataResponse.MetadataResponseTopic describe(@Nullable String name) {
    var answer = new MetadataResponse.MetadataResponseTopic().name(name);
    FloorTopic topic = name == null ? null : topics.named(name);
    if (topic == null) {
      return answer.errorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
    }
    List<MetadataResponse.MetadataResponsePartition> partitions = new ArrayList<>();
    for (int i = 0; i < topic.partitionCount(); i++) {
      partitions.add(
          new MetadataResponse.MetadataResponsePartition().partitionIndex(i).leaderId(NODE_ID));
    }
    return answer.partitions(partitions);
  }

  private Message create(CreateTopicsRequest request) throws IOException {
    List<CreateTopicsResponse.CreatableTopicResult> answers = new ArrayList<>();
    for (CreateTopicsRequest.CreatableTopic topic : request.topics()) {
      boolean flushed =
          topic.configs().stream().anyMatch(config -> config.name().equals("flush.messages"));
      topics.create(topic.name(), topic.numPartitions(), flushed);
      answers.add(new CreateTopicsResponse.CreatableTopicResult().name(topic.name()));
    }
    return new CreateTopicsResponse().topics(answers);
  }

  private Message delete(DeleteTopicsRequest request) throws IOException {
    List<DeleteTopicsResponse.DeletableTopicResult> answers = new ArrayList<>();
    for (String name : request.topicNames()) {
      ErrorCode error = topics.delete(name) ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
      answers.add(
          new DeleteTopicsResponse.DeletableTopicResult().name(name).errorCode(error.code()));
    }
    return new DeleteTopicsResponse().responses(answers);
  }
}
