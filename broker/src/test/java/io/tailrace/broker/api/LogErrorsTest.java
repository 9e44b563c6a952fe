package io.tailrace.broker.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.log.LogOfflineException;
import io.tailrace.log.LogRecoveringException;
import io.tailrace.protocol.ErrorCode;
import org.junit.jupiter.api.Test;

class LogErrorsTest {
  @Test
  void aLogUnderRecoveryIsAskedForAgain() {
    ErrorCode code = LogErrors.code(new LogRecoveringException("topic-0"));
    assertThat(code).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    assertThat(code.retriable()).isTrue();
  }

  @Test
  void aLogOfflineIsAStorageError() {
    assertThat(LogErrors.code(new LogOfflineException("gone", null)))
        .isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
  }
}
