package io.tailrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaUuidTest {
  @Test
  void isKafkasText() {
    Random random = new Random(42);
    for (int i = 0; i < 1000; i++) {
      UUID id = new UUID(random.nextLong(), random.nextLong());
      String text = KafkaUuid.toText(id);
      assertThat(text)
          .isEqualTo(
              new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits()).toString());
      assertThat(KafkaUuid.parse(text)).isEqualTo(id);
    }
    assertThat(KafkaUuid.toText(Message.ZERO_UUID)).isEqualTo("AAAAAAAAAAAAAAAAAAAAAA");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "AAAA", "AAAAAAAAAAAAAAAAAAAAA+", "AAAAAAAAAAAAAAAAAAAAAAA"})
  void refusesOtherText(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> KafkaUuid.parse(text));
  }
}
