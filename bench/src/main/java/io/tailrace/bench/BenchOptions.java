package io.tailrace.bench;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of {@code ./tailrace bench} as they were given, and what they mean. */
final class BenchOptions {
  private static final Set<String> OTHERS = Set.of("kafka", "floor");
  private static final List<String> DEFAULT_WORKLOADS = List.of("W1", "W2", "W3", "W4", "start");

  @Parameters(
      paramLabel = "WORKLOAD",
      description = "Names or numbers of workloads; default: W1 to W4 and start.")
  private List<String> names = new ArrayList<>();

  @Option(names = "--all", description = "All workloads; takes more than an hour.")
  private boolean all;

  @Option(
      names = "--against",
      paramLabel = "kafka|floor",
      split = ",",
      description = "Measure these as well: Apache Kafka, the floor, or kafka,floor.")
  private List<String> against = new ArrayList<>();

  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      description = "Measure this running broker instead of starting a Tailrace.")
  private @Nullable String bootstrap;

  @Option(
      names = "--pid",
      description = "Process of the broker at --bootstrap; default: the one that has the port.")
  @Nullable Long pid;

  @Option(
      names = "--rounds",
      defaultValue = "3",
      description = "Measurements of each workload; default: ${DEFAULT-VALUE}.")
  int rounds;

  @Option(
      names = "--duration",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description = "Length of a measurement; default: ${DEFAULT-VALUE}.")
  double durationSeconds;

  @Option(
      names = "--warmup",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description = "Load by each workload before the first round; default: ${DEFAULT-VALUE}.")
  double warmupSeconds;

  @Option(
      names = "--sustain",
      paramLabel = "SECONDS",
      description = "Length of a measurement by a workload that has a length of its own.")
  private @Nullable Double sustainSeconds;

  @Option(
      names = "--syscalls",
      description =
          "Count system calls as well: 3 s of each workload before the rounds, by strace.")
  boolean systemCalls;

  @Option(names = "--connections", description = "Instead of the workload's own number.")
  private @Nullable Integer connections;

  @Option(names = "--inflight", description = "Produce requests in flight on a connection.")
  private @Nullable Integer inFlight;

  @Option(names = "--threads", description = "Threads of the generator.")
  private @Nullable Integer threads;

  @Option(
      names = "--partitions",
      description = "Of the topics, with the connections spread over them.")
  private @Nullable Integer partitions;

  @Option(
      names = "--rate",
      paramLabel = "MB/s",
      description = "Of workloads with a fixed rate in bytes.")
  private @Nullable Double megabytesPerSecond;

  @Option(names = "--cold", paramLabel = "GB", description = "Size of the log that is read cold.")
  private @Nullable Integer coldGb;

  @Option(
      names = "--kafka-idle-partitions",
      defaultValue = "1000",
      description =
          "With how many idle partitions Kafka is started at most; default: ${DEFAULT-VALUE}.")
  int kafkaIdlePartitions;

  @Option(
      names = "--acks",
      paramLabel = "all|1",
      defaultValue = "all",
      description = "Default: ${DEFAULT-VALUE}.")
  private String acks = "all";

  @Option(
      names = "--topic",
      description = "Produce to and fetch from this topic, and keep it; default: new topics.")
  private @Nullable String topic;

  @Option(
      names = "--touch",
      paramLabel = "GB",
      defaultValue = "6",
      description =
          "Memory to touch before each measurement of producing, because a virtual machine gets it"
              + " lazily: ${DEFAULT-VALUE} by default, at most half of what is available.")
  int touchGb;

  @Option(
      names = "--tailrace",
      paramLabel = "PATH",
      description = "The launcher that starts Tailrace; default: the one of this source tree.")
  private @Nullable Path launcher;

  @Option(
      names = "--tools",
      description =
          "Run Apache Kafka's own ProducerPerformance and ConsumerPerformance; without a WORKLOAD,"
              + " only these.")
  boolean tools;

  @Option(
      names = "--tool-records",
      paramLabel = "N",
      defaultValue = "3000000",
      description = "Records of each run of a tool; default: ${DEFAULT-VALUE}.")
  long toolRecords;

  @Mixin ReportOptions report = new ReportOptions();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Print this.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean help;

  /**
   * @throws BenchException if an option's value makes no sense
   */
  void check() {
    require(OTHERS.containsAll(against), "--against knows only kafka and floor, not " + against);
    require(!all || names.isEmpty(), "--all goes without names of workloads");
    require(rounds >= 1, "--rounds must be at least 1");
    require(durationSeconds > 0, "--duration must be more than 0 seconds");
    require(warmupSeconds >= 0, "--warmup must not be negative");
    require(connections == null || connections >= 1, "--connections must be at least 1");
    require(inFlight == null || inFlight >= 1, "--inflight must be at least 1");
    require(threads == null || threads >= 1, "--threads must be at least 1");
    require(partitions == null || partitions >= 1, "--partitions must be at least 1");
    require(acks.equals("all") || acks.equals("1"), "--acks must be all or 1: 0 has no answers");
    require(
        megabytesPerSecond == null || megabytesPerSecond > 0, "--rate must be more than 0 MB/s");
    require(sustainSeconds == null || sustainSeconds > 0, "--sustain must be more than 0 seconds");
    require(coldGb == null || coldGb >= 1, "--cold must be at least 1 GB");
    require(kafkaIdlePartitions >= 0, "--kafka-idle-partitions must not be negative");
    require(touchGb >= 0, "--touch must not be negative");
    require(toolRecords >= 1, "--tool-records must be at least 1");
    require(pid == null || bootstrap != null, "--pid goes with --bootstrap");
    require(launcher == null || bootstrap == null, "--tailrace does not go with --bootstrap");
    bootstrapAddress();
    workloads();
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new BenchException(otherwise);
    }
  }

  boolean againstKafka() {
    return against.contains("kafka");
  }

  boolean againstFloor() {
    return against.contains("floor");
  }

  /** The running broker to measure, or null to start a Tailrace. */
  @Nullable InetSocketAddress bootstrapAddress() {
    if (bootstrap == null) {
      return null;
    }
    int colon = bootstrap.lastIndexOf(':');
    require(
        colon > 0 && bootstrap.substring(colon + 1).matches("[1-9][0-9]{0,4}"),
        "--bootstrap must be HOST:PORT, not \"" + bootstrap + "\"");
    int port = Integer.parseInt(bootstrap.substring(colon + 1));
    require(port <= 65_535, "--bootstrap: there is no port " + port);
    InetSocketAddress address = new InetSocketAddress(bootstrap.substring(0, colon), port);
    require(!address.isUnresolved(), "--bootstrap: there is no host " + address.getHostString());
    return address;
  }

  Path launcher() {
    return launcher == null ? TailraceContender.ownLauncher() : launcher.toAbsolutePath();
  }

  LoadSettings loadSettings() {
    return new LoadSettings((short) (acks.equals("all") ? -1 : 1), topic);
  }

  /** Those that were named, else the usual ones; of these, all that can be run. */
  List<Workload> workloads() {
    Overrides overrides =
        new Overrides(
            connections, inFlight, threads, partitions, megabytesPerSecond, sustainSeconds, coldGb);
    List<Workload> chosen = new ArrayList<>();
    if (tools && names.isEmpty() && !all) {
      return chosen;
    }
    for (Workload workload : named()) {
      boolean needsStart =
          switch (workload) {
            case StartWorkload _, ScanWorkload _, ReplayWorkload _ -> true;
            default -> false;
          };
      if (needsStart && bootstrap != null) {
        require(
            names.isEmpty(), workload.name() + " needs a broker to start: leave out --bootstrap");
      } else {
        chosen.add(workload.with(overrides));
      }
    }
    return chosen;
  }

  private List<Workload> named() {
    if (all) {
      return Workload.ALL;
    }
    List<String> wanted = names.isEmpty() ? DEFAULT_WORKLOADS : names;
    return wanted.stream().flatMap(name -> Workload.chosen(name).stream()).distinct().toList();
  }
}
