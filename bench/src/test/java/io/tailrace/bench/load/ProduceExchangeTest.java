package io.tailrace.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.MemoryRecords;
import io.tailrace.protocol.ProtocolReader;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.RequestHeader;
import io.tailrace.record.BatchFault;
import io.tailrace.record.BatchValidator;
import io.tailrace.record.RecordBatch;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class ProduceExchangeTest {
  private static final short ACKS_ALL = -1;

  private static final ByteBuffer BATCH = Batches.batch(10, 1_700_000_000_000L);

  private final ProduceExchange exchange =
      new ProduceExchange("a-topic", Rotation.only(3), ACKS_ALL, BATCH, 5, false);

  @Test
  void sendsAValidBatchInAWholeFrame() {
    ByteBuffer frame = exchange.nextRequest(42, 0);
    assertThat(frame.getInt()).isEqualTo(frame.remaining());
    ProtocolReader reader = new ProtocolReader(frame.slice());
    RequestHeader header = new RequestHeader();
    header.read(reader, ApiKey.PRODUCE.requestHeaderVersion(ProduceExchange.VERSION));
    ProduceRequest request = new ProduceRequest();
    request.read(reader, ProduceExchange.VERSION);

    assertThat(header.requestApiKey()).isEqualTo(ApiKey.PRODUCE.id());
    assertThat(header.requestApiVersion()).isEqualTo(ProduceExchange.VERSION);
    assertThat(header.correlationId()).isEqualTo(42);
    assertThat(request.acks()).isEqualTo(ACKS_ALL);
    ProduceRequest.TopicProduceData topic = request.topicData().getFirst();
    assertThat(topic.name()).isEqualTo("a-topic");
    assertThat(topic.partitionData().getFirst().index()).isEqualTo(3);
    assertValid(((MemoryRecords) topic.partitionData().getFirst().records()).buffer());
  }

  private void assertValid(ByteBuffer batch) {
    int at = batch.position();
    BatchFault fault = BatchValidator.validate(batch, at, batch.remaining());
    assertThat(fault).isEqualTo(BatchFault.NONE);
    assertThat(RecordBatch.recordCount(batch, at)).isEqualTo(10);
    assertThat(RecordBatch.baseTimestamp(batch, at)).isEqualTo(1_700_000_000_000L);
    assertThat(exchange.answeredRecords()).isEqualTo(10);
    assertThat(exchange.answeredBytes()).isEqualTo(batch.remaining());
  }

  @Test
  void requestsInFlightDoNotShareABuffer() {
    ByteBuffer first = exchange.nextRequest(1, 0);
    for (int id = 2; id < 6; id++) {
      exchange.nextRequest(id, 0);
    }
    assertThat(first.getInt(Frames.CORRELATION_ID)).isEqualTo(1);
    assertThat(first.position()).isZero();
  }

  @Test
  void correlationIdsMayWrapAround() {
    assertThat(exchange.nextRequest(Integer.MIN_VALUE, 0).getInt(Frames.CORRELATION_ID))
        .isEqualTo(Integer.MIN_VALUE);
  }
}
