package io.tailrace.bench;

import io.tailrace.bench.load.Admin;
import io.tailrace.bench.report.Machine;
import io.tailrace.bench.report.Results;
import io.tailrace.bench.report.Run;
import io.tailrace.bench.tools.PerformanceTools;
import java.io.Console;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Does what the options ask for: starts what is missing, measures, reports, leaves nothing. */
@Command(
    name = "tailrace bench",
    sortOptions = false,
    subcommands = {ReportCommand.class, JmhCommand.class},
    description =
        "Measures a broker from outside, with a load generator of little cost of its own:"
            + " a fresh Tailrace, or a running broker, alone or beside Apache Kafka and a floor: a"
            + " server that does nothing but receive, check, write and send.%n")
final class BenchCommand implements Callable<Integer> {
  private static final Path PROC = Path.of("/proc");

  @Mixin private BenchOptions options = new BenchOptions();

  @Spec private @Nullable CommandSpec spec;

  private final ProcFiles proc = new ProcFiles(PROC);
  private final Progress progress = new Progress(System.err, isTerminal());
  private final Results results = new Results();
  private final Cleanup cleanup = new Cleanup();

  @Override
  public Integer call() throws IOException, InterruptedException {
    options.check();
    options.report.check();
    Instant date = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Machine machine = Machine.here(PROC, Path.of(System.getProperty("tailrace.home", ".")));
    cleanup.onExit();
    try (cleanup) {
      run(options.workloads(), contenders());
    } catch (BenchException | IOException e) {
      if (cleanup.interrupted()) {
        return CommandLine.ExitCode.SOFTWARE;
      }
      throw e;
    } finally {
      progress.done();
    }
    options.report.report(new Run(date, commandLine(), machine, results), System.out);
    return CommandLine.ExitCode.OK;
  }

  /** As it was typed. */
  private String commandLine() {
    List<String> arguments =
        Objects.requireNonNull(spec).commandLine().getParseResult().originalArgs();
    return "./tailrace bench " + String.join(" ", arguments);
  }

  private static boolean isTerminal() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }

  private void run(List<Workload> workloads, List<Contender> contenders)
      throws IOException, InterruptedException {
    List<Workload> loads = new ArrayList<>();
    for (Workload workload : workloads) {
      switch (workload) {
        case StartWorkload start ->
            new Starts(proc, cleanup, progress, results).run(start, contenders, options.rounds);
        case ReplayWorkload replay ->
            new Replays(proc, cleanup, progress, results).run(replay, contenders, options.rounds);
        default -> loads.add(workload);
      }
    }
    List<Target> targets = loads.isEmpty() && !options.tools ? List.of() : targets(contenders);
    if (!loads.isEmpty()) {
      MemoryTouch memory = new MemoryTouch((long) options.touchGb << 30, proc, progress);
      Rounds rounds = new Rounds(subjects(targets), loads, memory, progress, results);
      rounds.warmUp(options.warmupSeconds);
      if (options.systemCalls) {
        rounds.countSystemCalls(cleanup.temporaryFolder());
      }
      rounds.run(options.rounds, options.durationSeconds);
    }
    if (options.tools) {
      PerformanceTools tools =
          new PerformanceTools(kafkaJars(), options.toolRecords, progress::detail);
      new ToolRounds(cleanup.add(tools), progress, results).run(targets, options.rounds);
    }
  }

  /** The brokers that this run starts itself. */
  private List<Contender> contenders() throws IOException, InterruptedException {
    List<Contender> contenders = new ArrayList<>();
    if (options.bootstrapAddress() == null) {
      contenders.add(new TailraceContender(options.launcher()));
    }
    if (options.againstKafka()) {
      contenders.add(new KafkaContender(kafkaJars(), options.kafkaIdlePartitions));
    }
    if (options.againstFloor()) {
      contenders.add(new FloorContender());
    }
    return contenders;
  }

  private Path kafkaJars() throws IOException, InterruptedException {
    Path cache =
        KafkaJars.userCache(System.getenv("XDG_CACHE_HOME"), System.getProperty("user.home"));
    return new KafkaJars(cache, progress).fetch();
  }

  private List<Target> targets(List<Contender> contenders)
      throws IOException, InterruptedException {
    List<Target> targets = new ArrayList<>();
    InetSocketAddress running = options.bootstrapAddress();
    if (running != null) {
      targets.add(running(running));
    }
    for (Contender contender : contenders) {
      targets.add(start(contender));
    }
    return targets;
  }

  private List<Subject> subjects(List<Target> targets) {
    List<Subject> subjects = new ArrayList<>();
    for (Target target : targets) {
      subjects.add(cleanup.add(new Subject(proc, target, options.loadSettings(), progress)));
    }
    return subjects;
  }

  private Target running(InetSocketAddress address) {
    try (Admin admin = new Admin(address)) {
      admin.apiVersions();
    } catch (IOException e) {
      throw new BenchException(
          "no broker answers at " + address + " (" + e.getMessage() + "): is it running?", e);
    }
    return new Target("broker", address, processAt(address, options.pid), null);
  }

  private Target start(Contender contender) throws IOException, InterruptedException {
    progress.show("starting " + contender.name());
    Path folder = Files.createDirectory(cleanup.temporaryFolder().resolve(contender.name()));
    BrokerProcess broker = cleanup.add(contender.start(folder));
    broker.awaitFirstAnswer();
    InetSocketAddress address = broker.address();
    return new Target(contender.name(), address, processAt(address, null), folder);
  }

  private OptionalLong processAt(InetSocketAddress address, @Nullable Long given) {
    OptionalLong pid = OptionalLong.empty();
    if (given != null) {
      pid = OptionalLong.of(given);
    } else if (address.getAddress().isLoopbackAddress()) {
      pid = proc.listenerOn(address.getPort());
    }
    if (pid.isEmpty()) {
      progress.note("no CPU and memory figures: can't see who listens at " + address + " (--pid)");
    }
    return pid;
  }
}
