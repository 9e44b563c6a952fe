package io.tailrace.bench.load;

import io.tailrace.protocol.MemoryRecords;
import io.tailrace.protocol.message.FetchResponse;
import java.nio.ByteBuffer;
import java.util.List;

/** Makes answers to fetches of one partition. */
final class FetchAnswers {
  private FetchAnswers() {}

  static FetchResponse answer(
      String topic, long logStartOffset, long highWatermark, ByteBuffer records) {
    var partition =
        new FetchResponse.PartitionData()
            .logStartOffset(logStartOffset)
            .highWatermark(highWatermark)
            .lastStableOffset(highWatermark)
            .records(new MemoryRecords(records));
    var answer = new FetchResponse.FetchableTopicResponse().topic(topic);
    return new FetchResponse().responses(List.of(answer.partitions(List.of(partition))));
  }

  static ByteBuffer concat(List<ByteBuffer> batches) {
    ByteBuffer all = ByteBuffer.allocate(batches.stream().mapToInt(ByteBuffer::remaining).sum());
    batches.forEach(batch -> all.put(batch.duplicate()));
    return all.flip();
  }
}
