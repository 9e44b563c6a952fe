package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.UnaryOperator;
import org.apache.kafka.common.GroupType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Groups of Apache Kafka's Java consumers that are rolled over from one protocol to the other, one
 * process after another, while they read (KIP-848).
 */
class MigrationGroupClientsTest {
  private static final int MEMBERS = 3;

  @Tag("campaign")
  @ParameterizedTest
  @ValueSource(strings = {"CooperativeStickyAssignor", "RangeAssignor"})
  void toTheConsumerProtocolAndBack(String assignor) throws Exception {
    GroupStage.Kind classic = JavaGroupClientsTest.classic(assignor);
    GroupStage.Kind consumer = JavaGroupClientsTest.consumer("uniform");
    try (GroupStage stage = new GroupStage(UnaryOperator.identity())) {
      for (int i = 0; i < MEMBERS; i++) {
        stage.join(classic);
      }
      stage.awaitShared();
      assertThat(stage.type()).isEqualTo(GroupType.CLASSIC);
      for (int i = 0; i < MEMBERS; i++) {
        rollOne(stage, consumer);
        assertThat(stage.type()).isEqualTo(GroupType.CONSUMER);
        if (i == 0) {
          stage.restartBroker();
          stage.awaitShared();
        }
      }
      for (int i = 0; i < MEMBERS; i++) {
        assertThat(stage.type()).isEqualTo(GroupType.CONSUMER);
        rollOne(stage, classic);
      }
      assertThat(stage.type()).isEqualTo(GroupType.CLASSIC);
      stage.finish();
    }
  }

  /** Ends the oldest, and starts one of the other kind. */
  private static void rollOne(GroupStage stage, GroupStage.Kind kind) throws Exception {
    stage.leave(stage.members().getFirst());
    stage.join(kind);
    stage.awaitShared();
    stage.awaitReading();
  }
}
