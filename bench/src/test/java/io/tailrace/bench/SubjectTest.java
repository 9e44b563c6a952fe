package io.tailrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tailrace.bench.load.Batches;
import io.tailrace.bench.load.FakeTopics;
import io.tailrace.bench.report.Figure;
import io.tailrace.protocol.ErrorCode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole generator against a broker that answers anything at once. */
class SubjectTest {
  private static final double SECONDS = 0.2;
  private static final double ROUNDING = 1e-3;

  private FakeTopics broker;
  private Subject subject;

  @BeforeEach
  void start() throws IOException {
    broker = new FakeTopics();
    subject = subject(new LoadSettings((short) -1, null));
  }

  private Subject subject(LoadSettings settings) {
    OptionalLong self = OptionalLong.of(ProcessHandle.current().pid());
    Target target = new Target("fake", broker.address(), self, null);
    Progress silent = new Progress(new PrintStream(OutputStream.nullOutputStream()), false);
    return new Subject(new ProcFiles(Path.of("/proc")), target, settings, silent);
  }

  @AfterEach
  void stop() throws IOException {
    broker.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"produce-small", "produce-large", "produce-one"})
  void producesAndLeavesNoTopic(String name) throws Exception {
    ProduceWorkload workload = (ProduceWorkload) Workload.named(name);
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
  void atAFixedRateAStallIsSeenByAllThatWereDueMeanwhile() throws Exception {
    double batchesPerSecond = 500;
    double rate = batchesPerSecond * Batches.sizeOf(600) / 1e6;
    Overrides slow = new Overrides(1, 1, null, null, rate, null, null);
    Workload sustained = Workload.named("sustained").with(slow);
    broker.stalledBatch = 100;
    Map<Figure, Double> figures = subject.measure(sustained, 0, 1).figures();
    // Due while the broker stalls are 100 of 500; without a correction, one request would be late.
    assertThat(figures.get(Figure.REQUESTS_PER_SECOND)).isCloseTo(500, within(10.0));
    double stallUs = FakeTopics.STALL_MS * 1000.0;
    assertThat(figures.get(Figure.LATENCY_MAX)).isGreaterThan(stallUs * 0.9);
    assertThat(figures.get(Figure.LATENCY_P99)).isGreaterThan(stallUs * 0.7);
  }

  @Test
  void countsWhatTheBrokerCounts() throws Exception {
    broker.topics.put("kept", new FakeTopics.FakeTopic());
    Subject other = subject(new LoadSettings((short) 1, "kept"));
    Map<Figure, Double> figures =
        other.measure(Workload.named("produce-small"), 0, SECONDS).figures();
    other.close();
    // Answers after the window are waited for, and not counted: those of what was in flight, and
    // of what was sent in the turn that noticed its end.
    int batches = broker.topics.get("kept").batches.get();
    double requests = figures.get(Figure.REQUESTS_PER_SECOND) * SECONDS;
    assertThat(requests).isBetween(batches - 2.0 * 4 * 5 - ROUNDING, batches + ROUNDING);
    double records = figures.get(Figure.RECORDS_PER_SECOND) * SECONDS;
    assertThat(records).isCloseTo(requests * 10, within(ROUNDING));
  }

  @ParameterizedTest
  @ValueSource(strings = {"fetch-1m", "fetch-1m-4"})
  void fetchesFromATopicFilledOnce(String name) throws Exception {
    Workload workload = Workload.named(name);
    Map<Figure, Double> figures = subject.measure(workload, 0, SECONDS).figures();
    subject.measure(workload, 0, SECONDS);
    assertThat(broker.mostTopics).hasValue(1);
    int recordsPerFetch = FakeTopics.BATCHES_PER_FETCH * FetchWorkload.USUAL_RECORDS_PER_BATCH;
    double mostRecords = figures.get(Figure.REQUESTS_PER_SECOND) * recordsPerFetch;
    assertThat(figures.get(Figure.RECORDS_PER_SECOND)).isBetween(1.0, mostRecords + ROUNDING);
    subject.close();
    assertThat(broker.topics).isEmpty();
  }

  @Test
  void endsWithTheErrorThatTheBrokerAnswers() throws IOException {
    broker.produceError = ErrorCode.MESSAGE_TOO_LARGE;
    assertThatThrownBy(() -> subject.measure(Workload.named("produce-one"), 0, 60))
        .isInstanceOf(BenchException.class)
        .hasMessageContaining("MESSAGE_TOO_LARGE")
        .hasMessageContaining("fake: ");
    assertThat(broker.topics).hasSize(1);
    subject.close();
    assertThat(broker.topics).isEmpty();
  }

  @Test
  void waitsInVainForATopicThatDoesNotExist() {
    Subject other = subject(new LoadSettings((short) -1, "missing"));
    assertThatThrownBy(() -> other.measure(Workload.named("produce-one"), 0, SECONDS))
        .hasMessageContaining("topic missing does not exist");
  }
}
