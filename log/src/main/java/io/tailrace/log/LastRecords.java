package io.tailrace.log;

import io.tailrace.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Which batches a log must keep, if need be without records, so that its producers can be read from
 * it: of each producer the last batch, whose sequence number the next must follow; or, if its epoch
 * has no batch yet, the marker that has raised the epoch. An immutable copy.
 */
final class LastRecords {

  /**
   * @param offset of the last record; −1 if there is none in this epoch
   */
  private record Last(long offset, short epoch) {}

  private final Map<Long, Last> byProducer;

  private LastRecords(Map<Long, Last> byProducer) {
    this.byProducer = byProducer;
  }

  static LastRecords of(LogState state) {
    Map<Long, Last> last = new HashMap<>();
    state.appendLock.lock();
    try {
      for (ProducerState producer : state.producers.sorted()) {
        long offset = producer.count == 0 ? -1 : producer.lastOffset[producer.count - 1];
        last.put(producer.producerId, new Last(offset, producer.epoch));
      }
    } finally {
      state.appendLock.unlock();
    }
    return new LastRecords(last);
  }

  /** Whether the batch is one of them. */
  boolean contains(ByteBuffer buffer, int at) {
    if (!RecordBatch.hasProducerId(buffer, at)) {
      return false;
    }
    Last last = byProducer.get(RecordBatch.producerId(buffer, at));
    if (last == null) {
      return false;
    }
    return last.offset >= 0
        ? RecordBatch.lastOffset(buffer, at) == last.offset
        : RecordBatch.isControl(buffer, at) && RecordBatch.producerEpoch(buffer, at) == last.epoch;
  }
}
