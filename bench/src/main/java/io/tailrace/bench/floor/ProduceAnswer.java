package io.tailrace.bench.floor;

import io.tailrace.bench.load.Frames;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.message.ProduceResponse;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The answer to a Produce request of version 12 for one partition of one topic, encoded once. It
 * ends with these fields, so that places are counted from its end:
 *
 * <pre>
 *   index int32, error int16, base offset int64, append time int64, log start offset int64,
 *   no record errors, no message, tags | tags | throttle int32 | tags
 * </pre>
 */
final class ProduceAnswer {
  static final short VERSION = 12;
  private static final int INDEX_FROM_END = 39;
  private static final int BASE_OFFSET_FROM_END = 33;

  private final ByteBuffer frame;

  ProduceAnswer(String topic) {
    var partition = new ProduceResponse.PartitionProduceResponse().logStartOffset(0);
    var entry = new ProduceResponse.TopicProduceResponse().name(topic);
    ProduceResponse body =
        new ProduceResponse().responses(List.of(entry.partitionResponses(List.of(partition))));
    this.frame = Frames.response(ApiKey.PRODUCE, VERSION, 0, body);
  }

  void addTo(FloorOutput output, int correlationId, int index, long baseOffset) {
    int at = output.add(frame);
    int end = at + frame.limit();
    output
        .bytes()
        .putInt(at + Frames.SIZE_BYTES, correlationId)
        .putInt(end - INDEX_FROM_END, index)
        .putLong(end - BASE_OFFSET_FROM_END, baseOffset);
  }
}
