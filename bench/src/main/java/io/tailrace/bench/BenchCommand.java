package io.tailrace.bench;

import io.tailrace.bench.load.Admin;
import java.io.Console;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Does what the options ask for: starts what is missing, measures, reports, leaves nothing. */
@Command(
    name = "tailrace bench",
    sortOptions = false,
    description =
        "Measures a broker from outside, with a load generator of little cost of its own:"
            + " a fresh Tailrace, or a running broker, alone or beside Apache Kafka and a floor: a"
            + " server that does nothing but receive, check, write and send.%n")
final class BenchCommand implements Callable<Integer> {
  @Mixin private BenchOptions options = new BenchOptions();

  private final ProcFiles proc = new ProcFiles(Path.of("/proc"));
  private final Progress progress = new Progress(System.err, isTerminal());
  private final Results results = new Results();
  private final Cleanup cleanup = new Cleanup();

  @Override
  public Integer call() throws IOException, InterruptedException {
    options.check();
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
    Report report = new Report(results);
    System.out.println(options.json ? report.json() : report.table());
    return CommandLine.ExitCode.OK;
  }

  private static boolean isTerminal() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }

  private void run(List<Workload> workloads, List<Contender> contenders)
      throws IOException, InterruptedException {
    List<Workload> loads = new ArrayList<>(workloads);
    for (Workload workload : workloads) {
      if (workload instanceof StartWorkload start) {
        new Starts(proc, cleanup, progress, results).run(start, contenders, options.rounds);
        loads.remove(workload);
      }
    }
    if (!loads.isEmpty()) {
      MemoryTouch memory = new MemoryTouch((long) options.touchGb << 30, proc, progress);
      Rounds rounds = new Rounds(subjects(contenders), loads, memory, progress, results);
      rounds.warmUp(options.warmupSeconds);
      if (options.systemCalls) {
        rounds.countSystemCalls(cleanup.temporaryFolder());
      }
      rounds.run(options.rounds, options.durationSeconds);
    }
  }

  /** The brokers that this run starts itself. */
  private List<Contender> contenders() throws IOException, InterruptedException {
    List<Contender> contenders = new ArrayList<>();
    if (options.bootstrapAddress() == null) {
      contenders.add(new TailraceContender(options.launcher()));
    }
    if (options.againstKafka()) {
      Path cache =
          KafkaJars.userCache(System.getenv("XDG_CACHE_HOME"), System.getProperty("user.home"));
      Path jars = new KafkaJars(cache, progress).fetch();
      contenders.add(new KafkaContender(jars, options.kafkaIdlePartitions));
    }
    if (options.againstFloor()) {
      contenders.add(new FloorContender());
    }
    return contenders;
  }

  private List<Subject> subjects(List<Contender> contenders)
      throws IOException, InterruptedException {
    List<Target> targets = new ArrayList<>();
    InetSocketAddress running = options.bootstrapAddress();
    if (running != null) {
      targets.add(running(running));
    }
    for (Contender contender : contenders) {
      targets.add(start(contender));
    }
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
