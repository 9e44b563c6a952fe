package io.tailrace.log;

/**
 * An idempotent producer that a log remembers, for {@code DescribeProducers}.
 *
 * @param lastSequence of its last record; −1 if there is none in this epoch
 * @param lastTimestamp ms, of its last batch
 */
public record ActiveProducer(
    long producerId, short producerEpoch, int lastSequence, long lastTimestamp) {

  static ActiveProducer of(ProducerState state) {
    return new ActiveProducer(
        state.producerId, state.epoch, state.lastSequence(), state.lastTimestamp);
  }
}
