package io.tailrace.bench.load;

import io.tailrace.bench.BenchException;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.MemoryRecords;
import io.tailrace.protocol.ProtocolReader;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.List;

/** Sends one batch again and again, to partitions in turn. */
public final class ProduceExchange implements Exchange {
  /** The last version that names topics; later ones want their ids. */
  static final short VERSION = 12;

  private static final int TIMEOUT_MS = 30_000;

  private final String topic;
  private final Rotation partitions;
  private final boolean stamped;
  private final int recordsPerBatch;
  private final int batchBytes;
  private final int partitionAt;
  private final int batchAt;

  /** One frame for each request in flight, since some fields are written into it. */
  private final ByteBuffer[] frames;

  private long requests;

  /**
   * @param stamped whether each batch carries when it was due: see {@link Batches}
   */
  public ProduceExchange(
      String topic,
      Rotation partitions,
      short acks,
      ByteBuffer batch,
      int inFlight,
      boolean stamped) {
    this.topic = topic;
    this.partitions = partitions;
    this.stamped = stamped;
    this.recordsPerBatch = RecordBatch.recordCount(batch, 0);
    this.batchBytes = batch.remaining();
    this.frames = new ByteBuffer[inFlight];
    for (int i = 0; i < inFlight; i++) {
      frames[i] = frame(topic, 0, acks, batch.duplicate());
    }
    this.partitionAt = frames[0].mismatch(frame(topic, -1, acks, batch.duplicate()));
    ByteBuffer none = frame(topic, 0, acks, ByteBuffer.allocate(0));
    // Up to the size of the records, which is one byte long if there are none, the two are alike.
    int tagBytes = none.limit() - (partitionAt + Integer.BYTES + 1);
    this.batchAt = frames[0].limit() - tagBytes - batchBytes;
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
  public ByteBuffer nextRequest(int correlationId, long timeNs) {
    ByteBuffer frame = frames[(int) (requests % frames.length)];
    frame.putInt(Frames.CORRELATION_ID, correlationId);
    frame.putInt(partitionAt, partitions.partition(requests++));
    if (stamped) {
      Batches.stamp(frame.rewind(), batchAt, timeNs);
    }
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
          "the broker answers %s to Produce to %s-%d%s"
              .formatted(ErrorCode.forCode(partition.errorCode()), topic, partition.index(), why));
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
