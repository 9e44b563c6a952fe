package io.tailrace.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportJsonTest {
  private static final JsonMapper JSON = new JsonMapper();

  @Test
  void whatIsReadIsWhatWasWritten() {
    for (Results results : new Results[] {Runs.threeContenders(), Runs.hostile(), new Results()}) {
      String written = ReportJson.of(Runs.of(results));
      Run read = ReportJson.read(written);
      assertThat(ReportJson.of(read)).isEqualTo(written);
      assertThat(ReportTable.of(read.results())).isEqualTo(ReportTable.of(results));
      assertThat(read.machine()).isEqualTo(Runs.MACHINE);
    }
  }

  @Test
  void hasMediansRoundsAndGoals() {
    JsonNode root = JSON.readTree(ReportJson.of(Runs.of(Runs.threeContenders())));
    assertThat(root.at("/machine/memory_bytes").longValue()).isEqualTo(24_000_000_000L);
    JsonNode tailrace = root.at("/sections/0/contenders/0");
    assertThat(tailrace.at("/name").stringValue()).isEqualTo("tailrace");
    assertThat(tailrace.at("/median/records_per_second").doubleValue()).isEqualTo(1_600_000.5);
    assertThat(tailrace.at("/rounds/1/records_per_second").doubleValue()).isEqualTo(1_600_001);
    assertThat(tailrace.at("/rounds/0/latency_us")).hasSameSizeAs(root.at("/percentiles"));
    assertThat(root.at("/goals/2/goal").stringValue()).isEqualTo("broker CPU µs/request < floor");
    assertThat(root.at("/goals/2/met").booleanValue()).isFalse();
    assertThat(root.at("/goals/2/limit").doubleValue()).isEqualTo(5.0);
  }

  @Test
  void figuresOfALaterVersionAreLeftOut() {
    String written = ReportJson.of(Runs.of(Runs.threeContenders()));
    String later = written.replace("\"cpu_per_request\"", "\"joules_per_request\"");
    Results read = ReportJson.read(later).results();
    assertThat(ReportTable.of(read)).contains("records/s").doesNotContain("CPU");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "[]",
        "{}",
        "{\"date\":\"today\",\"command\":\"\",\"machine\":{},\"sections\":[]}",
        "{\"date\":1,\"command\":\"\",\"machine\":{},\"sections\":[]}",
        "{\"date\":\"2026-11-23T02:00:00Z\",\"command\":\"\",\"machine\":{},\"sections\":[{}]}",
      })
  void whatIsNoRunIsRefused(String json) {
    assertThatThrownBy(() -> ReportJson.read(json)).isInstanceOf(IllegalArgumentException.class);
  }
}
