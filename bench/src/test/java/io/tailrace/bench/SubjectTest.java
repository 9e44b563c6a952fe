package io.tailrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.bench.report.Figure;
import io.tailrace.protocol.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole generator against a broker that answers anything at once. */
class SubjectTest {
  private static final double SECONDS = 0.2;

  private FakeBroker broker;
  private Subject subject;

  @BeforeEach
  void start() throws IOException {
    broker = new FakeBroker();
    ProcFiles proc = new ProcFiles(Path.of("/proc"));
    subject = new Subject(proc, broker.target(), new LoadSettings(1, (short) -1, null));
  }

  @AfterEach
  void stop() throws IOException {
    broker.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"produce-small", "produce-large", "produce-one"})
  void producesAndLeavesNoTopic(String name) throws Exception {
    Workload workload = Workload.named(name);
    Map<Figure, Double> figures = subject.measure(workload, 0, SECONDS).figures();
    assertThat(figures)
        .containsKeys(Figure.CPU_PER_REQUEST, Figure.CPU_PER_GB, Figure.RESIDENT_MB)
        .doesNotContainKey(Figure.START_MS);
    double records = figures.get(Figure.RECORDS_PER_SECOND) * SECONDS;
    assertThat(records).isGreaterThanOrEqualTo(workload.recordsPerBatch());
    assertThat(figures.get(Figure.LATENCY_P50)).isBetween(1.0, SECONDS * 1e6);
    assertThat(figures.get(Figure.LATENCY_MAX))
        .isGreaterThanOrEqualTo(figures.get(Figure.LATENCY_P50));
    assertThat(broker.mostTopics).hasValue(1);
    assertThat(broker.topics).isEmpty();
  }

  @Test
  void countsWhatTheBrokerCounts() throws Exception {
    broker.topics.put("kept", new FakeBroker.FakeTopic());
    LoadSettings kept = new LoadSettings(1, (short) 1, "kept");
    Subject other = new Subject(new ProcFiles(Path.of("/proc")), broker.target(), kept);
    Tally tally = other.measure(Workload.named("produce-small"), 0, SECONDS).tally();
    other.close();
    // Answers after the window are waited for, and not counted: those of what was in flight, and
    // of what was sent in the turn that noticed its end.
    int batches = broker.topics.get("kept").batches.get();
    assertThat(tally.requests()).isBetween(batches - 2L * 4 * 5, (long) batches);
    assertThat(tally.records()).isEqualTo(tally.requests() * 10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fetch-1m", "fetch-1m-4"})
  void fetchesFromATopicFilledOnce(String name) throws Exception {
    Workload workload = Workload.named(name);
    Tally tally = subject.measure(workload, 0, SECONDS).tally();
    subject.measure(workload, 0, SECONDS);
    assertThat(broker.mostTopics).hasValue(1);
    long recordsPerFetch = FakeBroker.BATCHES_PER_FETCH * Workload.PREFILL_RECORDS_PER_BATCH;
    assertThat(tally.records()).isBetween(1L, tally.requests() * recordsPerFetch);
    subject.close();
    assertThat(broker.topics).isEmpty();
  }

  @Test
  void endsWithTheErrorThatTheBrokerAnswers() throws IOException {
    broker.produceError = ErrorCode.MESSAGE_TOO_LARGE;
    assertThatThrownBy(() -> subject.measure(Workload.named("produce-one"), 0, 60))
        .isInstanceOf(BenchException.class)
        .hasMessageContaining("MESSAGE_TOO_LARGE")
        .hasMessageContaining("fake at ");
    assertThat(broker.topics).hasSize(1);
    subject.close();
    assertThat(broker.topics).isEmpty();
  }

  @Test
  void waitsInVainForATopicThatDoesNotExist() {
    LoadSettings missing = new LoadSettings(1, (short) -1, "missing");
    Subject other = new Subject(new ProcFiles(Path.of("/proc")), broker.target(), missing);
    assertThatThrownBy(() -> other.measure(Workload.named("produce-one"), 0, SECONDS))
        .hasMessageContaining("topic missing does not exist");
  }
}
