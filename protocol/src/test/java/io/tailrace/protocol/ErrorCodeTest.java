package io.tailrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class ErrorCodeTest {
  @Test
  void hasKafkasNamesCodesAndRetriability() {
    assertThat(Arrays.stream(ErrorCode.values()).map(Enum::name))
        .containsExactlyElementsOf(Arrays.stream(Errors.values()).map(Enum::name).toList());
    for (Errors kafka : Errors.values()) {
      ErrorCode ours = ErrorCode.valueOf(kafka.name());
      assertThat(ours.code()).as(kafka.name()).isEqualTo(kafka.code());
      assertThat(ours.retriable())
          .as(kafka.name())
          .isEqualTo(kafka.exception() instanceof RetriableException);
    }
  }

  @Test
  void isFoundByItsCode() {
    for (ErrorCode error : ErrorCode.values()) {
      assertThat(ErrorCode.forCode(error.code())).isEqualTo(error);
    }
    for (int unknown : new int[] {Short.MIN_VALUE, -2, 134, Short.MAX_VALUE}) {
      assertThat(ErrorCode.forCode((short) unknown)).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);
    }
  }
}
