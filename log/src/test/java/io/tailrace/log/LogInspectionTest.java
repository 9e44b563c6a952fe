package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.env.Environment;
import io.tailrace.log.LogInspection.Report;
import io.tailrace.testkit.SeededRandomness;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogInspectionTest {
  private static final Map<String, String> SMALL =
      Map.of("segment.bytes", "900", "index.interval.bytes", "100");

  private static DamagedLog log(boolean clean) throws Exception {
    LogHarness harness = LogHarness.opened(SMALL);
    for (int i = 0; i < 12; i++) {
      harness.append(Batches.of("value " + i, "x".repeat(100)));
      harness.append(Batches.idempotent(5, 0, 2 * i, 2));
    }
    harness.log.setHighWatermark(harness.log.logEndOffset());
    harness.log.flush();
    new MetaProperties("cluster", 1, "directory").write(harness.disk, LogHarness.ROOT);
    if (clean) {
      harness.manager.close();
    } else {
      harness.manager.checkpoint();
    }
    return DamagedLog.of(harness, SMALL);
  }

  private static LogInspection inspection(DamagedLog log, String... keptWhole) {
    return new LogInspection(
        new Environment(log.harness.clock, log.harness.disk, new SeededRandomness(1)),
        LogHarness.ROOT,
        Set.of(keptWhole),
        2);
  }

  private static Report inspect(DamagedLog log) throws Exception {
    Map<String, String> before = files(log.harness, LogHarness.ROOT);
    Report report = inspection(log).inspect((_, _, _, _) -> {});
    assertThat(files(log.harness, LogHarness.ROOT)).as("nothing is changed").isEqualTo(before);
    return report;
  }

  private static Map<String, String> files(LogHarness harness, Path below) throws IOException {
    Map<String, String> files = new TreeMap<>();
    for (Path path : harness.disk.list(below)) {
      if (harness.disk.isDirectory(path)) {
        files.putAll(files(harness, path));
      } else {
        files.put(path.toString(), Arrays.toString(harness.content(path)));
      }
    }
    return files;
  }

  private static List<LogFinding> problems(Report report) {
    return report.findings().stream().filter(LogFinding::problem).toList();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void findsNothingWrongWithWhatIsWhole(boolean clean) throws Exception {
    DamagedLog log = log(clean);
    log.layOut();
    Report report = inspect(log);
    assertThat(report.findings()).isEmpty();
    assertThat(report.clean()).isEqualTo(clean);
    assertThat(report.logs()).isEqualTo(1);
  }

  /** Of each file in turn: no byte of it changes without being noticed, or without harm. */
  @Test
  void findsDamageBelowTheRecoveryPoint() throws Exception {
    DamagedLog log = log(true);
    for (int batch = 0; batch < log.written.size(); batch++) {
      log.layOut();
      log.flip(batch, 70, 1);
      Report report = inspect(log);
      LogFinding damage = problems(report).getFirst();
      assertThat(damage.file()).isEqualTo(log.segment(batch).toString());
      assertThat(damage.log()).isEqualTo(LogHarness.NAME);
      assertThat(damage.position()).isEqualTo(log.written.get(batch).position());
      assertThat(damage.firstOffset()).isEqualTo(log.written.get(batch).base());
      assertThat(damage.endOffset()).isEqualTo(log.written.get(batch).next());
      assertThat(damage.atStart()).contains("does not look there");
      assertThat(damage.byRepair()).contains("quarantine");
    }
  }

  @Test
  void repairsWhatAStartDoesNotSee() throws Exception {
    DamagedLog log = log(true);
    log.layOut();
    log.flip(2, 70, 1);
    log.flip(9, 70, 1);
    log.write(LogHarness.DIRECTORY.resolve(LogFiles.LEADER_EPOCHS), new byte[] {'x'});
    log.write(LogHarness.ROOT.resolve("recovery-point-offset-checkpoint"), new byte[] {'x'});
    Path index = LogFiles.file(LogHarness.DIRECTORY, log.written.get(0).segment(), LogFiles.INDEX);
    byte[] wrong = log.content(index);
    wrong[7] ^= 3;
    log.write(index, wrong);
    assertThat(problems(inspect(log))).hasSizeGreaterThanOrEqualTo(4);
    inspection(log).repair();
    Report after = inspect(log);
    assertThat(problems(after)).isEmpty();
    assertThat(after.findings())
        .extracting(LogFinding::firstOffset)
        .containsExactlyInAnyOrder(log.written.get(2).base(), log.written.get(9).base());
    assertThat(after.clean()).isTrue();
    assertThat(log.open())
        .containsSequence(DamagedLog.Fate.QUARANTINED, DamagedLog.Fate.SERVED)
        .doesNotContain(DamagedLog.Fate.CUT);
  }

  /** Every file beside the segments, each in several ways. */
  @Test
  void findsDamagedFilesBesideTheSegments() throws Exception {
    DamagedLog log = log(true);
    for (Path file : log.files()) {
      boolean isSegment = LogFiles.offset(file, LogFiles.LOG) >= 0;
      if (!isSegment && !file.endsWith(LogCheckpoints.MARKER)) {
        byte[] content = log.content(file);
        byte[] garbage = new byte[content.length + 1];
        Arrays.fill(garbage, (byte) 0x33);
        log.layOut();
        log.write(file, garbage);
        assertThat(problems(inspect(log)))
            .as(file.toString())
            .extracting(LogFinding::file)
            .contains(file.toString());
      }
    }
  }

  @Test
  void tellsOfATornTail() throws Exception {
    DamagedLog log = log(false);
    log.layOut();
    int last = log.written.size() - 1;
    byte[] whole = log.content(log.segment(last));
    byte[] torn = Arrays.copyOf(whole, whole.length + 30);
    log.write(log.segment(last), torn);
    Report report = inspect(log);
    assertThat(problems(report)).isEmpty();
    assertThat(report.findings())
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.position()).isEqualTo(whole.length);
          assertThat(finding.atStart()).contains("cuts them off");
        });
  }

  @Test
  void whatMustBeKeptWholeIsNotRepaired() throws Exception {
    DamagedLog log = log(true);
    log.layOut();
    log.flip(1, 70, 1);
    LogInspection inspection = inspection(log, LogHarness.NAME);
    assertThat(problems(inspection.inspect((_, _, _, _) -> {})))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.atStart()).contains("does not start");
          assertThat(finding.byRepair()).isNull();
        });
    byte[] before = log.harness.content(log.segment(1));
    inspection.repair();
    assertThat(log.harness.content(log.segment(1))).isEqualTo(before);
  }

  @Test
  void keepsOutWhileABrokerHoldsTheFolder() throws Exception {
    DamagedLog log = log(true);
    log.layOut();
    log.harness.open();
    assertThatThrownBy(() -> inspection(log).inspect((_, _, _, _) -> {}))
        .isInstanceOf(DirectoryInUseException.class);
    assertThatThrownBy(() -> inspection(log).repair()).isInstanceOf(DirectoryInUseException.class);
  }

  @Test
  void missesFoldersThatAreGone() throws Exception {
    DamagedLog log = log(true);
    log.layOut();
    log.harness.disk.deleteRecursively(LogHarness.DIRECTORY);
    assertThat(inspect(log).findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.what()).contains("a checkpoint knows of it"));
    assertThat(problems(inspection(log, LogHarness.NAME).inspect((_, _, _, _) -> {}))).hasSize(1);
  }
}
