package io.tailrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.bench.load.FakeTopics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class MainTest {
  private final StringWriter errors = new StringWriter();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "produce-tiny              | there is no workload \"produce-tiny\"; choose from: produce-s",
        "--against kafka,pulsar    | --against knows only kafka and floor",
        "--all W1                  | --all goes without names",
        "--rate 0                  | --rate must be more than 0",
        "--sustain -1              | --sustain must be more than 0",
        "--cold 0                  | --cold must be at least 1 GB",
        "--kafka-idle-partitions -1 | --kafka-idle-partitions must not be negative",
        "--bootstrap 127.0.0.1:9 W6 | scan needs a broker to start",
        "--bootstrap 127.0.0.1:9 G3 | replay-offsets needs a broker to start",
        "--rounds 0                | --rounds must be at least 1",
        "--duration 0              | --duration must be more than 0 seconds",
        "--inflight 0              | --inflight must be at least 1",
        "--partitions -1           | --partitions must be at least 1",
        "--acks 0                  | --acks must be all or 1",
        "--bootstrap localhost     | --bootstrap must be HOST:PORT, not \"localhost\"",
        "--bootstrap localhost:x   | --bootstrap must be HOST:PORT",
        "--bootstrap h:65536       | there is no port 65536",
        "--tool-records 0          | --tool-records must be at least 1",
        "--html /no/such/x.html    | can't write /no/such/x.html: no folder to write to at"
            + " /no/such",
        "report /no/such/run.json  | there is no file /no/such/run.json",
        "--pid 1                   | --pid goes with --bootstrap",
        "--bootstrap 127.0.0.1:9 start | start needs a broker to start",
      })
  void refusesOptionsThatMakeNoSense(String arguments, String message) {
    assertThat(run(arguments.split(" "))).isEqualTo(CommandLine.ExitCode.SOFTWARE);
    assertThat(errors.toString()).startsWith("tailrace bench: ").contains(message);
  }

  @Test
  void refusesUnknownOptions() {
    assertThat(run("--frobnicate")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(errors.toString()).contains("--frobnicate");
  }

  @Test
  void saysThatNoBrokerIsThere() throws Exception {
    String nobody = "127.0.0.1:" + BrokerProcess.freeAddress().getPort();
    assertThat(run("--bootstrap", nobody)).isEqualTo(CommandLine.ExitCode.SOFTWARE);
    assertThat(errors.toString()).contains("no broker answers at").contains("is it running?");
  }

  @Test
  void measuresARunningBrokerAndReportsItAgain(@TempDir Path folder) throws Exception {
    Path json = folder.resolve("run.json");
    try (FakeTopics broker = new FakeTopics()) {
      String address = "127.0.0.1:" + broker.address().getPort();
      String options = "--rounds 1 --duration 0.1 --warmup 0 --touch 0 --bootstrap " + address;
      assertThat(run((options + " --json " + json + " produce-one").split(" "))).isZero();
      assertThat(broker.topics).isEmpty();
    }
    assertThat(json)
        .content()
        .contains("\"command\" : \"./tailrace bench --rounds 1")
        .contains("\"records_per_second\"")
        .contains("\"latency_us\" : [");
    Path html = folder.resolve("run.html");
    assertThat(run("report", json.toString(), "--html", html.toString())).isZero();
    assertThat(html).content().contains("produce-one").contains("p99.9 µs");
  }

  @Test
  void refusesToReportWhatIsNoRun(@TempDir Path folder) throws Exception {
    Path json = Files.writeString(folder.resolve("run.json"), "{}");
    assertThat(run("report", json.toString())).isEqualTo(CommandLine.ExitCode.SOFTWARE);
    assertThat(errors.toString()).contains("run.json is no run of the bench");
  }

  @Test
  void toolsAloneNeedNoWorkload() {
    BenchOptions options = new BenchOptions();
    new CommandLine(options).parseArgs("--tools");
    assertThat(options.workloads()).isEmpty();
    new CommandLine(options).parseArgs("--tools", "start");
    assertThat(options.workloads()).hasSize(1);
  }

  @Test
  void helpExplainsEveryWorkload() {
    String help = Main.commandLine().getUsageMessage(CommandLine.Help.Ansi.OFF);
    assertThat(Workload.ALL)
        .allSatisfy(workload -> assertThat(help).contains(workload.name(), workload.explanation()));
    assertThat(help.lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void otherNumbersForAllWorkloadsThatHaveThem() {
    Overrides overrides = new Overrides(3, 7, null, 2, 30.0, 10.0, 1);
    ProduceWorkload produce = (ProduceWorkload) Workload.named("produce-large").with(overrides);
    assertThat(List.of(produce.connections(), produce.inFlight(), produce.threads()))
        .isEqualTo(List.of(3, 7, 1));
    assertThat(produce.isPaced()).isFalse();
    assertThat(produce.seconds(5)).isEqualTo(5);
    ProduceWorkload sustained = (ProduceWorkload) Workload.named("sustained").with(overrides);
    assertThat(sustained.megabytesPerSecond()).isEqualTo(30);
    assertThat(sustained.seconds(5)).isEqualTo(10);
    ScanWorkload scan = (ScanWorkload) Workload.named("scan").with(overrides);
    assertThat(scan.coldBytes()).isEqualTo(1L << 30);
    for (Workload workload : Workload.ALL) {
      assertThat(workload.with(Overrides.NONE)).isEqualTo(workload);
    }
  }

  @Test
  void aNumberStandsForAllWorkloadsOfAGoal() {
    assertThat(Workload.chosen("W2"))
        .extracting(Workload::name)
        .containsExactly("produce-large", "produce-large-4");
  }

  @Test
  void theCacheFolderIsTheUsersChoice() {
    assertThat(KafkaJars.userCache("/c", "/u")).isEqualTo(Path.of("/c"));
    assertThat(KafkaJars.userCache("", "/u")).isEqualTo(Path.of("/u/.cache"));
    assertThat(KafkaJars.userCache(null, "/u")).isEqualTo(Path.of("/u/.cache"));
  }

  private int run(String... arguments) {
    CommandLine commandLine = Main.commandLine();
    commandLine.setErr(new PrintWriter(errors, true));
    return commandLine.execute(arguments);
  }
}
