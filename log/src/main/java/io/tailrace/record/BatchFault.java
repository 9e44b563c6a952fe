package io.tailrace.record;

/**
 * What is wrong with a record batch. In brackets: the error to answer a producer with, which is
 * Kafka's own. Kafka lets through a delete horizon, a producer's LogAppendTime, and a transactional
 * batch without a producer id; none of these has a meaning, and no client sends them.
 */
public enum BatchFault {
  NONE("the batch is valid"),

  /** The bytes at hand end before the batch does [INVALID_RECORD]; a torn write, on disk. */
  TRUNCATED("the batch is cut off"),
  /** [CORRUPT_MESSAGE] */
  BAD_LENGTH("the batch is shorter than its header"),
  /** Message format 0 or 1 [INVALID_RECORD, UNSUPPORTED_FOR_MESSAGE_FORMAT]. */
  OLD_MAGIC("the message formats 0 and 1 are not supported; use a client of 0.11 or newer"),
  /** [CORRUPT_MESSAGE] */
  BAD_MAGIC("the message format is unknown"),
  /** [CORRUPT_MESSAGE] */
  BAD_CRC("the checksum does not match the batch"),

  /** [INVALID_RECORD] */
  BAD_BASE_OFFSET("a producer's batch must have base offset 0"),
  /** [INVALID_RECORD] */
  BAD_COUNT("the record count is not positive, or does not match the offsets"),
  /** [INVALID_RECORD] */
  CONTROL_BATCH("clients must not write control records"),
  /** [INVALID_RECORD] */
  BAD_CODEC("the compression codec is unknown"),
  /** [INVALID_TIMESTAMP] */
  LOG_APPEND_TIME("clients must not set the timestamp type to LogAppendTime"),
  /** [INVALID_RECORD] */
  DELETE_HORIZON("clients must not set a delete horizon"),
  /** [INVALID_RECORD] */
  BAD_PRODUCER("producer id, epoch, sequence and the transactional flag contradict each other"),

  /** [INVALID_RECORD] */
  BAD_RECORD("the records inside the batch are malformed"),
  /** [INVALID_RECORD] */
  TOO_LARGE("the batch decompresses to more bytes than allowed"),
  /** [INVALID_RECORD] */
  BAD_OFFSET_DELTA("the offsets of the records are not consecutive"),
  /** [INVALID_RECORD] */
  MISSING_KEY("a compacted topic takes only records with a key"),
  /** Kafka corrects it silently. */
  BAD_MAX_TIMESTAMP("the batch's maximum timestamp is not that of its records");

  private final String message;

  BatchFault(String message) {
    this.message = message;
  }

  /** One line for the client or the operator; the place is the caller's to add. */
  public String message() {
    return message;
  }
}
