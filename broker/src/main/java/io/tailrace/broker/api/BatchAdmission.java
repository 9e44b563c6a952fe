package io.tailrace.broker.api;

import io.tailrace.broker.partition.Partition;
import io.tailrace.broker.partition.ProduceRules;
import io.tailrace.env.Clock;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.record.BatchFault;
import io.tailrace.record.BatchValidator;
import io.tailrace.record.CompressionCodec;
import io.tailrace.record.RecordBatch;
import java.nio.ByteBuffer;

/**
 * Decides whether a producer's batch may go into a partition's log. Looks at the batch header only,
 * unless the topic needs the records themselves looked at. Used only on its event loop.
 */
final class BatchAdmission {
  /** First produce version that may carry zstd (KIP-110). */
  private static final int ZSTD_VERSION = 7;

  /** What a batch may decompress to where it has to be opened. */
  private static final int MAX_DECOMPRESSED_BYTES = 256 << 20;

  private final Clock clock;

  BatchAdmission(Clock clock) {
    this.clock = clock;
  }

  /** Fails {@code append} with the reason, and returns false, if the batch is refused. */
  boolean admit(Partition partition, ByteBuffer records, short version, PendingAppend append) {
    ProduceRules rules = partition.produceRules();
    int at = records.position();
    int size = records.remaining();
    if (size > rules.maxMessageBytes()) {
      append.fail(ErrorCode.MESSAGE_TOO_LARGE, tooLarge(size, rules));
      return false;
    }
    BatchFault fault = BatchValidator.validate(records, at, size);
    if (fault == BatchFault.NONE && RecordBatch.sizeInBytes(records, at) != size) {
      append.fail(ErrorCode.INVALID_RECORD, "a partition takes exactly one batch per request");
      return false;
    }
    if (fault == BatchFault.NONE && rules.opensBatches()) {
      fault = validateRecords(records, at, rules);
    }
    if (fault != BatchFault.NONE) {
      append.fail(code(fault), fault.message());
      return false;
    }
    if (RecordBatch.isTransactional(records, at)) {
      append.fail(ErrorCode.INVALID_TXN_STATE, "transactions are not supported yet");
      return false;
    }
    if (version < ZSTD_VERSION && RecordBatch.codecId(records, at) == CompressionCodec.ZSTD.id()) {
      append.fail(
          ErrorCode.UNSUPPORTED_COMPRESSION_TYPE, "zstd needs produce version " + ZSTD_VERSION);
      return false;
    }
    return timestampFits(rules, records, at, append);
  }

  /** A wrong maximum timestamp is no reason to refuse: Kafka takes such batches too. */
  private static BatchFault validateRecords(ByteBuffer records, int at, ProduceRules rules) {
    BatchFault fault =
        BatchValidator.validateRecords(records, at, rules.requireKeys(), MAX_DECOMPRESSED_BYTES);
    return fault == BatchFault.BAD_MAX_TIMESTAMP ? BatchFault.NONE : fault;
  }

  /** The batch's own bounds stand for its records' (which are opened only in deep validation). */
  private boolean timestampFits(
      ProduceRules rules, ByteBuffer records, int at, PendingAppend append) {
    if (rules.logAppendTime()) {
      return true;
    }
    long first = RecordBatch.baseTimestamp(records, at);
    long max = RecordBatch.maxTimestamp(records, at);
    long now = clock.wallMs();
    boolean tooOld =
        first != RecordBatch.NO_TIMESTAMP && first < now - rules.timestampBeforeMaxMs();
    boolean tooNew =
        rules.timestampAfterMaxMs() < Long.MAX_VALUE - now
            && max > now + rules.timestampAfterMaxMs();
    if (tooOld || tooNew) {
      append.fail(
          ErrorCode.INVALID_TIMESTAMP,
          "timestamps "
              + first
              + " to "
              + max
              + " are out of the topic's range around the broker's time "
              + now
              + ": see message.timestamp.before.max.ms and message.timestamp.after.max.ms");
      return false;
    }
    return true;
  }

  private static String tooLarge(int size, ProduceRules rules) {
    return "the batch has " + size + " bytes, max.message.bytes is " + rules.maxMessageBytes();
  }

  private static ErrorCode code(BatchFault fault) {
    return switch (fault) {
      case BAD_LENGTH, BAD_MAGIC, BAD_CRC -> ErrorCode.CORRUPT_MESSAGE;
      case LOG_APPEND_TIME -> ErrorCode.INVALID_TIMESTAMP;
      default -> ErrorCode.INVALID_RECORD;
    };
  }
}
