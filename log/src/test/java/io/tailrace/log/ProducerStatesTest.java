package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProducerStatesTest {
  private final LogHarness harness;

  ProducerStatesTest() throws LogException {
    harness = LogHarness.opened(Map.of());
  }

  private AppendOutcome append(int epoch, int baseSequence, int count) throws LogException {
    return harness.append(Batches.idempotent(1, epoch, baseSequence, count)).outcome();
  }

  @Test
  void takesAnUnknownProducerAtAnySequence() throws Exception {
    assertThat(append(0, 17, 3)).isEqualTo(AppendOutcome.APPENDED);
    assertThat(append(0, 20, 1)).isEqualTo(AppendOutcome.APPENDED);
  }

  @Test
  void refusesGapsAndOldEpochs() throws Exception {
    append(4, 0, 2);
    assertThat(append(4, 3, 1)).isEqualTo(AppendOutcome.OUT_OF_ORDER_SEQUENCE);
    assertThat(append(4, 1, 1)).isEqualTo(AppendOutcome.OUT_OF_ORDER_SEQUENCE);
    assertThat(append(3, 2, 1)).isEqualTo(AppendOutcome.INVALID_PRODUCER_EPOCH);
    assertThat(append(5, 2, 1)).isEqualTo(AppendOutcome.OUT_OF_ORDER_SEQUENCE);
    assertThat(append(5, 0, 1)).isEqualTo(AppendOutcome.APPENDED);
    assertThat(append(4, 2, 1)).isEqualTo(AppendOutcome.INVALID_PRODUCER_EPOCH);
    assertThat(harness.log.logEndOffset()).isEqualTo(3);
  }

  @Test
  void knowsTheLastFiveBatchesAgain() throws Exception {
    for (int i = 0; i < 6; i++) {
      append(0, 10 * i, 10);
    }
    for (int i = 1; i < 6; i++) {
      AppendBatch again = harness.append(Batches.idempotent(1, 0, 10 * i, 10));
      assertThat(again.outcome()).isEqualTo(AppendOutcome.DUPLICATE);
      assertThat(again.baseOffset()).isEqualTo(10 * i);
    }
    assertThat(append(0, 0, 10)).isEqualTo(AppendOutcome.OUT_OF_ORDER_SEQUENCE);
    assertThat(append(0, 50, 9)).as("not the same").isEqualTo(AppendOutcome.OUT_OF_ORDER_SEQUENCE);
  }

  @Test
  void sequencesWrapAround() throws Exception {
    append(0, Integer.MAX_VALUE - 2, 3);
    assertThat(append(0, 0, 2)).isEqualTo(AppendOutcome.APPENDED);
    harness.killAndOpen();
    assertThat(append(0, Integer.MAX_VALUE - 2, 3)).isEqualTo(AppendOutcome.DUPLICATE);

    LogHarness other = LogHarness.opened(Map.of());
    other.append(Batches.idempotent(1, 0, Integer.MAX_VALUE - 1, 5));
    assertThat(other.append(Batches.idempotent(1, 0, 3, 1)).outcome())
        .isEqualTo(AppendOutcome.APPENDED);
    assertThat(other.append(Batches.idempotent(1, 0, Integer.MAX_VALUE - 1, 5)).outcome())
        .isEqualTo(AppendOutcome.DUPLICATE);
    other.closeAndOpen();
    assertThat(other.append(Batches.idempotent(1, 0, Integer.MAX_VALUE - 1, 5)).outcome())
        .isEqualTo(AppendOutcome.DUPLICATE);
  }

  @Test
  void checksTheBatchesOfOneCallInOrder() throws Exception {
    ByteBuffer first = Batches.idempotent(1, 0, 0, 2);
    List<AppendBatch> batches =
        harness.append(
            List.of(
                first,
                Batches.idempotent(1, 0, 2, 2),
                Batches.idempotent(2, 0, 0, 1),
                Batches.idempotent(1, 0, 5, 1),
                Batches.idempotent(1, 0, 0, 2),
                Batches.idempotent(1, 1, 0, 1),
                Batches.idempotent(1, 0, 4, 1)));
    assertThat(batches)
        .extracting(AppendBatch::outcome)
        .containsExactly(
            AppendOutcome.APPENDED,
            AppendOutcome.APPENDED,
            AppendOutcome.APPENDED,
            AppendOutcome.OUT_OF_ORDER_SEQUENCE,
            AppendOutcome.DUPLICATE,
            AppendOutcome.APPENDED,
            AppendOutcome.INVALID_PRODUCER_EPOCH);
    assertThat(batches)
        .extracting(AppendBatch::baseOffset)
        .containsExactly(0L, 2L, 4L, -1L, 0L, 5L, -1L);
  }

  @Test
  void forgetsSilentProducers() throws Exception {
    append(0, 0, 5);
    harness.manager.tidy(Batches.TIME + 59_999, 60_000);
    assertThat(harness.log.activeProducers())
        .containsExactly(new ActiveProducer(1, (short) 0, 4, Batches.TIME));
    harness.manager.tidy(Batches.TIME + 60_000, 60_000);
    assertThat(harness.log.activeProducers()).isEmpty();
    assertThat(append(0, 99, 1)).isEqualTo(AppendOutcome.APPENDED);
  }

  @Test
  void snapshotsSurviveAndDamageIsSeen() throws Exception {
    for (int i = 0; i < 7; i++) {
      append(2, 3 * i, 3);
      harness.append(Batches.idempotent(50, 0, i, 1));
    }
    List<ProducerState> states = harness.log.state().producers.sorted();
    byte[] file = ProducerSnapshot.encode(states);
    assertThat(String.valueOf(ProducerSnapshot.decode(file))).isEqualTo(states.toString());
    for (int i = 0; i < file.length; i++) {
      byte[] damaged = file.clone();
      damaged[i] ^= 1;
      assertThat(ProducerSnapshot.decode(damaged)).as("byte " + i).isNull();
    }
    for (int length = 0; length < file.length; length++) {
      assertThat(ProducerSnapshot.decode(Arrays.copyOf(file, length))).isNull();
    }
  }
}
