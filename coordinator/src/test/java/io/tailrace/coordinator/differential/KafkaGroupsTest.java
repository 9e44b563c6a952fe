package io.tailrace.coordinator.differential;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * That Kafka's coordinator, as it is run here, does the same again when it is asked the same again:
 * what else a comparison finds would mean nothing.
 */
final class KafkaGroupsTest {

  @ParameterizedTest
  @EnumSource
  void sameStreamSameAnswers(Streams streams) {
    for (long seed = 0; seed < 20; seed++) {
      streams.run(Differential.ofKafka(seed, Streams.settings(seed)), 150);
    }
  }
}
