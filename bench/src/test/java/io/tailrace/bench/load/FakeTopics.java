package io.tailrace.bench.load;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.MemoryRecords;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.CreateTopicsResponse;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.protocol.message.DeleteTopicsResponse;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.record.RecordBatch;
import io.tailrace.testkit.FakeBroker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * A broker with just enough for the generator: topics of one partition, which keep the first batch
 * that they are sent and count the others.
 */
public final class FakeTopics implements AutoCloseable {
  public static final int BATCHES_PER_FETCH = 3;

  public final Map<String, FakeTopic> topics = new ConcurrentHashMap<>();
  public final AtomicInteger mostTopics = new AtomicInteger();
  public volatile ErrorCode produceError = ErrorCode.NONE;

  /** The answer to this batch of a topic comes {@value #STALL_MS} ms late; 0: none does. */
  public volatile int stalledBatch;

  public static final int STALL_MS = 200;
  private final FakeBroker broker;

  /** What it has been sent. */
  public static final class FakeTopic {
    public final AtomicInteger batches = new AtomicInteger();
    volatile ByteBuffer firstBatch = ByteBuffer.allocate(0);
  }

  public FakeTopics() throws IOException {
    broker = new FakeBroker();
    broker.<MetadataRequest>on(ApiKey.METADATA, 13, it -> metadata(it.topics().getFirst().name()));
    broker.<CreateTopicsRequest>on(
        ApiKey.CREATE_TOPICS, 7, it -> create(it.topics().getFirst().name()));
    broker.<DeleteTopicsRequest>on(
        ApiKey.DELETE_TOPICS, 6, it -> delete(it.topicNames().getFirst()));
    broker.<ProduceRequest>on(ApiKey.PRODUCE, 13, it -> produce(it.topicData().getFirst()));
    broker.<FetchRequest>on(ApiKey.FETCH, 18, it -> fetch(it.topics().getFirst()));
  }

  /** Serves another API, too. */
  public <Q extends Message> void on(ApiKey key, int highestVersion, Function<Q, Message> answer) {
    broker.on(key, highestVersion, answer);
  }

  /** Answers all requests of another API alike. */
  public void serve(ApiKey key, int highestVersion, Message answer) {
    broker.on(key, highestVersion, request -> answer);
  }

  public InetSocketAddress address() {
    return broker.address();
  }

  private Message metadata(String topic) {
    var partition = new MetadataResponse.MetadataResponsePartition().leaderId(FakeBroker.NODE);
    var answer = new MetadataResponse.MetadataResponseTopic().name(topic);
    ErrorCode error =
        topics.containsKey(topic) ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    return new MetadataResponse()
        .brokers(List.of(broker.node()))
        .topics(List.of(answer.errorCode(error.code()).partitions(List.of(partition))));
  }

  private Message create(String topic) {
    topics.put(topic, new FakeTopic());
    mostTopics.accumulateAndGet(topics.size(), Math::max);
    var answer = new CreateTopicsResponse.CreatableTopicResult().name(topic);
    return new CreateTopicsResponse().topics(List.of(answer));
  }

  private Message delete(String topic) {
    topics.remove(topic);
    var answer = new DeleteTopicsResponse.DeletableTopicResult().name(topic);
    return new DeleteTopicsResponse().responses(List.of(answer));
  }

  private void stall() {
    try {
      new CountDownLatch(1).await(STALL_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Message produce(ProduceRequest.TopicProduceData data) {
    FakeTopic topic = topics.get(data.name());
    ByteBuffer batch = ((MemoryRecords) data.partitionData().getFirst().records()).buffer();
    int number = topic.batches.getAndIncrement();
    if (number > 0 && number == stalledBatch) {
      stall();
    }
    if (number == 0) {
      topic.firstBatch = ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip();
    }
    var partition = new ProduceResponse.PartitionProduceResponse().errorCode(produceError.code());
    var answer = new ProduceResponse.TopicProduceResponse().name(data.name());
    return new ProduceResponse().responses(List.of(answer.partitionResponses(List.of(partition))));
  }

  private Message fetch(FetchRequest.FetchTopic wanted) {
    FakeTopic topic = topics.get(wanted.topic());
    ByteBuffer first = topic.firstBatch;
    int records = RecordBatch.recordCount(first, 0);
    long offset = wanted.partitions().getFirst().fetchOffset();
    long end = (long) topic.batches.get() * records;
    List<ByteBuffer> batches = new ArrayList<>();
    for (int i = 0; i < BATCHES_PER_FETCH && offset < end; i++) {
      ByteBuffer batch = ByteBuffer.allocate(first.remaining()).put(first.duplicate()).flip();
      RecordBatch.patch(batch, 0, offset, 0);
      batches.add(batch);
      offset += records;
    }
    return FetchAnswers.answer(wanted.topic(), 0, end, FetchAnswers.concat(batches));
  }

  @Override
  public void close() throws IOException {
    broker.close();
  }
}
