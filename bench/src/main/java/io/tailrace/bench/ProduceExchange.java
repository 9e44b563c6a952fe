package io.tailrace.bench;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.MemoryRecords;
import io.tailrace.protocol.ProtocolReader;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.List;

/** Sends one batch to one partition, again and again. */
final class ProduceExchange implements Exchange {
  /** The last version that names topics; later ones want their ids. */
  static final short VERSION = 12;

  private static final int TIMEOUT_MS = 30_000;

  private final String partitionName;
  private final int recordsPerBatch;
  private final int batchBytes;

  /** One frame for each request in flight, since its correlation id is written into it. */
  private final ByteBuffer[] frames;

  ProduceExchange(String topic, int partition, short acks, ByteBuffer batch, int inFlight) {
    this.partitionName = topic + "-" + partition;
    this.recordsPerBatch = RecordBatch.recordCount(batch, 0);
    this.batchBytes = batch.remaining();
    this.frames = new ByteBuffer[inFlight];
    for (int i = 0; i < inFlight; i++) {
      frames[i] = frame(topic, partition, acks, batch.duplicate());
    }
  }

  private static ByteBuffer frame(String topic, int partition, short acks, ByteBuffer batch) {
    ProduceRequest.PartitionProduceData data =
        new ProduceRequest.PartitionProduceData()
            .index(partition)
            .records(new MemoryRecords(batch));
    ProduceRequest body =
        new ProduceRequest()
            .acks(acks)
            .timeoutMs(TIMEOUT_MS)
            .topicData(
                List.of(
                    new ProduceRequest.TopicProduceData()
                        .name(topic)
                        .partitionData(List.of(data))));
    return Frames.request(ApiKey.PRODUCE, VERSION, body);
  }

  @Override
  public ByteBuffer nextRequest(int correlationId) {
    ByteBuffer frame = frames[Integer.remainderUnsigned(correlationId, frames.length)];
    frame.putInt(Frames.CORRELATION_ID, correlationId);
    return frame.rewind();
  }

  @Override
  public boolean receive(ByteBuffer in, int correlationId) {
    int frameSize = Frames.frameSize(in);
    if (frameSize < 0 || in.remaining() < frameSize) {
      return false;
    }
    Frames.checkCorrelationId(in, correlationId);
    ByteBuffer body = in.slice(in.position(), frameSize);
    in.position(in.position() + frameSize);
    body.position(Frames.AFTER_CORRELATION_ID);
    Frames.skipTags(body);
    ProduceResponse response = new ProduceResponse();
    response.read(new ProtocolReader(body), VERSION);
    for (ProduceResponse.TopicProduceResponse topic : response.responses()) {
      topic.partitionResponses().forEach(this::check);
    }
    return true;
  }

  private void check(ProduceResponse.PartitionProduceResponse partition) {
    if (partition.errorCode() != ErrorCode.NONE.code()) {
      String why = partition.errorMessage() == null ? "" : ": " + partition.errorMessage();
      throw new BenchException(
          "the broker answers "
              + ErrorCode.forCode(partition.errorCode())
              + " to Produce to "
              + partitionName
              + why);
    }
  }

  @Override
  public int answeredRecords() {
    return recordsPerBatch;
  }

  @Override
  public long answeredBytes() {
    return batchBytes;
  }
}
