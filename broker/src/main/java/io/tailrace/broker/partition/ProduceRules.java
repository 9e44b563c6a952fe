package io.tailrace.broker.partition;

/**
 * The topic settings that decide whether a producer's batch is taken.
 *
 * @param maxMessageBytes {@code max.message.bytes}
 * @param logAppendTime {@code message.timestamp.type} is LogAppendTime: client times don't matter
 * @param timestampBeforeMaxMs {@code message.timestamp.before.max.ms}
 * @param timestampAfterMaxMs {@code message.timestamp.after.max.ms}
 * @param requireKeys the topic is compacted: each record must have a key
 * @param deepValidation {@code tailrace.deep.validation}: open each batch and check its records
 */
public record ProduceRules(
    int maxMessageBytes,
    boolean logAppendTime,
    long timestampBeforeMaxMs,
    long timestampAfterMaxMs,
    boolean requireKeys,
    boolean deepValidation) {

  /** Whether batches have to be opened. */
  public boolean opensBatches() {
    return requireKeys || deepValidation;
  }
}
