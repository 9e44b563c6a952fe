package io.tailrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.protocol.message.RequestHeader;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What one small request costs on the heap, with the reader and the writer reused. */
class HotPathAllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int ROUNDS = 1000;

  private final ProtocolReader in = new ProtocolReader(ByteBuffer.allocate(0));
  private final ProtocolWriter out = new ProtocolWriter();

  @Test
  void requestHeader() {
    RequestHeader header = new RequestHeader().clientId("rdkafka");
    assertThat(read(RequestHeader::new, header, 2)).isLessThanOrEqualTo(88);
  }

  @Test
  void produceRequest() {
    MemoryRecords batch = new MemoryRecords(ByteBuffer.allocate(1000));
    ProduceRequest.TopicProduceData topic =
        new ProduceRequest.TopicProduceData()
            .name("orders")
            .topicId(new UUID(1, 2))
            .partitionData(List.of(new ProduceRequest.PartitionProduceData().records(batch)));
    ProduceRequest request = new ProduceRequest().acks((short) -1).topicData(List.of(topic));
    assertThat(read(ProduceRequest::new, request, 9)).isLessThanOrEqualTo(320);
    assertThat(read(ProduceRequest::new, request, 13)).isLessThanOrEqualTo(320);
  }

  @Test
  void fetchRequest() {
    FetchRequest.FetchTopic topic =
        new FetchRequest.FetchTopic()
            .topic("orders")
            .topicId(new UUID(1, 2))
            .partitions(List.of(new FetchRequest.FetchPartition().fetchOffset(1 << 20)));
    FetchRequest request = new FetchRequest().maxWaitMs(500).topics(List.of(topic));
    assertThat(read(FetchRequest::new, request, 12)).isLessThanOrEqualTo(320);
    assertThat(read(FetchRequest::new, request, 17)).isLessThanOrEqualTo(320);
  }

  @Test
  void produceResponse() {
    ProduceResponse.TopicProduceResponse topic =
        new ProduceResponse.TopicProduceResponse()
            .name("orders")
            .topicId(new UUID(1, 2))
            .partitionResponses(
                List.of(new ProduceResponse.PartitionProduceResponse().baseOffset(9)));
    ProduceResponse response = new ProduceResponse().responses(List.of(topic));
    assertThat(write(response, 9)).isZero();
    assertThat(write(response, 13)).isZero();
  }

  @Test
  void fetchResponse() {
    Records slice = () -> 1 << 20;
    FetchResponse.FetchableTopicResponse topic =
        new FetchResponse.FetchableTopicResponse()
            .topic("orders")
            .topicId(new UUID(1, 2))
            .partitions(List.of(new FetchResponse.PartitionData().records(slice)));
    FetchResponse response = new FetchResponse().responses(List.of(topic));
    assertThat(write(response, 12)).isZero();
    assertThat(write(response, 17)).isZero();
  }

  private long read(Supplier<Message> newMessage, Message message, int version) {
    byte[] bytes = MessageType.write(message, (short) version);
    ByteBuffer frame = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    return allocated(() -> {
      in.reset(frame);
      newMessage.get().read(in, (short) version);
    });
  }

  private long write(Message message, int version) {
    return allocated(() -> {
      out.reset();
      message.write(out, (short) version);
    });
  }

  /** Bytes a round; what only the first rounds allocate does not count. */
  private static long allocated(Runnable work) {
    for (int i = 0; i < ROUNDS; i++) {
      work.run();
    }
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < ROUNDS; i++) {
      work.run();
    }
    return (THREADS.getCurrentThreadAllocatedBytes() - before) / ROUNDS;
  }
}
