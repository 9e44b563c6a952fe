package io.tailrace.broker.api;

import io.tailrace.log.AppendOutcome;
import io.tailrace.log.LogException;
import io.tailrace.log.LogRecoveringException;
import io.tailrace.log.OffsetOutOfRangeException;
import io.tailrace.log.QuarantinedOffsetException;
import io.tailrace.protocol.ErrorCode;

/** The protocol's error codes for what the log reports. */
final class LogErrors {
  private LogErrors() {}

  static ErrorCode code(LogException failure) {
    return switch (failure) {
      case OffsetOutOfRangeException e -> ErrorCode.OFFSET_OUT_OF_RANGE;
      case QuarantinedOffsetException e -> ErrorCode.CORRUPT_MESSAGE;
      // Clients ask again soon, as they do while a partition has no leader.
      case LogRecoveringException e -> ErrorCode.NOT_LEADER_OR_FOLLOWER;
      default -> ErrorCode.KAFKA_STORAGE_ERROR;
    };
  }

  static ErrorCode code(AppendOutcome outcome) {
    return switch (outcome) {
      case APPENDED, DUPLICATE -> ErrorCode.NONE;
      case OUT_OF_ORDER_SEQUENCE -> ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER;
      case INVALID_PRODUCER_EPOCH -> ErrorCode.INVALID_PRODUCER_EPOCH;
      case MESSAGE_TOO_LARGE -> ErrorCode.MESSAGE_TOO_LARGE;
      case RECORD_LIST_TOO_LARGE -> ErrorCode.RECORD_LIST_TOO_LARGE;
      case NONE -> ErrorCode.KAFKA_STORAGE_ERROR;
    };
  }
}
