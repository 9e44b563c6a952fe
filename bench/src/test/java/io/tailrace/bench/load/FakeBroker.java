package io.tailrace.bench.load;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.MemoryRecords;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.ProtocolReader;
import io.tailrace.protocol.ProtocolWriter;
import io.tailrace.protocol.message.ApiVersionsResponse;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.CreateTopicsResponse;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.protocol.message.DeleteTopicsResponse;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.protocol.message.RequestHeader;
import io.tailrace.protocol.message.ResponseHeader;
import io.tailrace.record.RecordBatch;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Speaks just enough for the generator: topics of one partition, which keep the first batch that
 * they are sent and count the others. Answers on one thread for each connection, in order.
 */
public final class FakeBroker implements AutoCloseable {
  public static final int BATCHES_PER_FETCH = 3;

  public final Map<String, FakeTopic> topics = new ConcurrentHashMap<>();
  public final AtomicInteger mostTopics = new AtomicInteger();
  public volatile ErrorCode produceError = ErrorCode.NONE;

  /** The answer to this batch of a topic comes {@value #STALL_MS} ms late; 0: none does. */
  public volatile int stalledBatch;

  public static final int STALL_MS = 200;
  private final ServerSocket server;

  /** What it has been sent. */
  public static final class FakeTopic {
    public final AtomicInteger batches = new AtomicInteger();
    volatile ByteBuffer firstBatch = ByteBuffer.allocate(0);
  }

  public FakeBroker() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      while (true) {
        answer(ByteBuffer.wrap(in.readNBytes(in.readInt())), socket.getOutputStream());
      }
    } catch (IOException e) {
      // the client has gone
    }
  }

  private void answer(ByteBuffer frame, OutputStream out) throws IOException {
    ApiKey api = ApiKey.forId(frame.getShort(0));
    short version = frame.getShort(2);
    ProtocolReader reader = new ProtocolReader(frame);
    RequestHeader header = new RequestHeader();
    header.read(reader, api.requestHeaderVersion(version));
    Message request = api.newRequest();
    request.read(reader, version);
    ProtocolWriter writer = new ProtocolWriter();
    new ResponseHeader()
        .correlationId(header.correlationId())
        .write(writer, api.responseHeaderVersion(version));
    answer(request).write(writer, version);
    ByteBuffer response = ByteBuffer.allocate(Integer.BYTES + writer.size());
    response.putInt(writer.size()).put(writer.buffer());
    out.write(response.array());
  }

  private Message answer(Message request) {
    return switch (request) {
      case MetadataRequest metadata -> metadata(metadata.topics().getFirst().name());
      case CreateTopicsRequest create -> create(create.topics().getFirst().name());
      case DeleteTopicsRequest delete -> delete(delete.topicNames().getFirst());
      case ProduceRequest produce -> produce(produce.topicData().getFirst());
      case FetchRequest fetch -> fetch(fetch.topics().getFirst());
      default -> new ApiVersionsResponse();
    };
  }

  private Message metadata(String topic) {
    var partition = new MetadataResponse.MetadataResponsePartition().leaderId(7);
    var answer = new MetadataResponse.MetadataResponseTopic().name(topic);
    ErrorCode error =
        topics.containsKey(topic) ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    var broker =
        new MetadataResponse.MetadataResponseBroker()
            .nodeId(7)
            .host(address().getHostString())
            .port(address().getPort());
    return new MetadataResponse()
        .brokers(List.of(broker))
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
    server.close();
  }
}
