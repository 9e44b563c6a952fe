package io.tailrace.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.bench.BenchException;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.ProtocolReader;
import io.tailrace.protocol.ProtocolWriter;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.RequestHeader;
import io.tailrace.protocol.message.ResponseHeader;
import io.tailrace.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FetchExchangeTest {
  private static final String TOPIC = "a-topic";

  private final FetchExchange exchange = new FetchExchange(TOPIC, 3, 1 << 20);

  @Test
  void asksForTheFirstOffsetThenForWhatFollowsTheLastWholeBatch() {
    assertThat(offsetAskedFor(0)).isZero();
    receive(0, FetchAnswers.answer(TOPIC, 0, 100, batches(0, 5, 7)), 1000);
    assertThat(offsetAskedFor(1)).isEqualTo(12);
  }

  @Test
  void beginsAgainAtTheLogStartOffsetAfterTheEnd() {
    receive(0, FetchAnswers.answer(TOPIC, 2, 12, batches(0, 5, 7)), 1000);
    assertThat(offsetAskedFor(1)).isEqualTo(2);
  }

  @Test
  void doesNotCountABatchThatIsCutOff() {
    ByteBuffer whole = batches(0, 5, 7);
    int firstSize = RecordBatch.sizeInBytes(whole, 0);
    for (int size = firstSize; size < whole.limit(); size++) {
      FetchExchange fresh = new FetchExchange(TOPIC, 3, 1 << 20);
      ByteBuffer frame = frame(0, FetchAnswers.answer(TOPIC, 0, 100, whole.slice(0, size)));
      assertThat(fresh.receive(frame, 0)).isTrue();
      assertThat(frame.hasRemaining()).isFalse();
      assertThat(fresh.answeredRecords()).isEqualTo(5);
      assertThat(fresh.answeredBytes()).isEqualTo(firstSize);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void understandsAnswersHoweverTheyArrive(long seed) {
    Random random = new Random(seed);
    long offset = 0;
    for (int id = 0; id < 20; id++) {
      int[] counts = random.ints(1 + random.nextInt(5), 1, 40).toArray();
      ByteBuffer batches = batches(offset, counts);
      FetchResponse answer = FetchAnswers.answer(TOPIC, 0, Long.MAX_VALUE, batches);
      receive(id, answer, 1 + random.nextInt(3000));
      int records = java.util.Arrays.stream(counts).sum();
      assertThat(exchange.answeredRecords()).as("seed %d", seed).isEqualTo(records);
      assertThat(exchange.answeredBytes()).as("seed %d", seed).isEqualTo(batches.limit());
      offset += records;
      assertThat(offsetAskedFor(id)).as("seed %d", seed).isEqualTo(offset);
    }
  }

  @Test
  void namesTheErrorThatTheBrokerAnswers() {
    FetchResponse answer = FetchAnswers.answer(TOPIC, 0, 10, ByteBuffer.allocate(0));
    answer
        .responses()
        .getFirst()
        .partitions()
        .getFirst()
        .errorCode(ErrorCode.OFFSET_OUT_OF_RANGE.code());
    assertThatThrownBy(() -> exchange.receive(frame(0, answer), 0))
        .isInstanceOf(BenchException.class)
        .hasMessageContaining("OFFSET_OUT_OF_RANGE")
        .hasMessageContaining("a-topic-3");
  }

  @Test
  void saysThatAnEmptyTopicIsEmpty() {
    FetchResponse answer = FetchAnswers.answer(TOPIC, 4, 4, ByteBuffer.allocate(0));
    assertThatThrownBy(() -> exchange.receive(frame(0, answer), 0))
        .hasMessageContaining("a-topic-3 holds no records");
  }

  @Test
  void refusesAnAnswerToAnotherRequest() {
    FetchResponse answer = FetchAnswers.answer(TOPIC, 0, 10, batches(0, 1));
    assertThatThrownBy(() -> exchange.receive(frame(8, answer), 7))
        .hasMessageContaining("answered request 8 when 7 was the next");
  }

  /** Hands the answer in as a connection does: at most so many bytes more each time. */
  private void receive(int correlationId, FetchResponse answer, int mostBytes) {
    ByteBuffer frame = frame(correlationId, answer);
    ByteBuffer in = ByteBuffer.allocate(4096);
    boolean complete = false;
    while (frame.hasRemaining()) {
      assertThat(complete).isFalse();
      int size = Math.min(Math.min(mostBytes, frame.remaining()), in.remaining());
      assertThat(size).as("room for more bytes").isPositive();
      in.put(frame.slice(frame.position(), size)).flip();
      frame.position(frame.position() + size);
      complete = exchange.receive(in, correlationId);
      in.compact();
    }
    assertThat(complete).isTrue();
    assertThat(in.position()).isZero();
  }

  private long offsetAskedFor(int correlationId) {
    ByteBuffer frame = exchange.nextRequest(correlationId, 0);
    assertThat(frame.getInt()).isEqualTo(frame.remaining());
    ProtocolReader reader = new ProtocolReader(frame.slice());
    RequestHeader header = new RequestHeader();
    header.read(reader, ApiKey.FETCH.requestHeaderVersion(FetchExchange.VERSION));
    assertThat(header.correlationId()).isEqualTo(correlationId);
    FetchRequest request = new FetchRequest();
    request.read(reader, FetchExchange.VERSION);
    FetchRequest.FetchTopic topic = request.topics().getFirst();
    assertThat(topic.topic()).isEqualTo(TOPIC);
    assertThat(topic.partitions().getFirst().partition()).isEqualTo(3);
    return topic.partitions().getFirst().fetchOffset();
  }

  private static ByteBuffer frame(int correlationId, FetchResponse answer) {
    ProtocolWriter writer = new ProtocolWriter();
    new ResponseHeader()
        .correlationId(correlationId)
        .write(writer, ApiKey.FETCH.responseHeaderVersion(FetchExchange.VERSION));
    answer.write(writer, FetchExchange.VERSION);
    return ByteBuffer.allocate(Integer.BYTES + writer.size())
        .putInt(writer.size())
        .put(writer.buffer())
        .flip();
  }

  private static ByteBuffer batches(long offset, int... recordCounts) {
    List<ByteBuffer> batches = new ArrayList<>();
    for (int records : recordCounts) {
      ByteBuffer batch = Batches.batch(records, 0);
      RecordBatch.patch(batch, 0, offset, 0);
      batches.add(batch);
      offset += records;
    }
    return FetchAnswers.concat(batches);
  }
}
