package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The kernel's answer to the k-th {@code fsync}, {@code fdatasync} or {@code pwrite64} of each
 * thread of a real broker is an error, that once or from then on (strace). It may refuse what it is
 * asked for, or stop and say why; but what it has acknowledged is there after the next start, after
 * a clean stop as after SIGKILL.
 */
class InjectedFaultTest {
  private static final String REMEDY = "apt-get install strace";
  private static final int RUNS = 200;

  /** More calls a thread hardly makes. */
  private static final int MOST_CALLS = 12;

  private record Fault(String call, String error, int k, boolean lasting, boolean killed) {

    /** Run after run, all combinations; the calls to come in turn. */
    static Fault of(int run) {
      String call = List.of("fdatasync", "pwrite64", "fsync").get(run % 3);
      String error = run / 3 % 2 == 0 ? "EIO" : "ENOSPC";
      return new Fault(call, error, 1 + run / 12 % MOST_CALLS, run / 6 % 2 == 1, run % 5 < 3);
    }

    List<String> strace(Path log) {
      String when = "when=" + k + (lasting ? "+" : "");
      return List.of(
          "strace",
          "-D",
          "-f",
          "--seccomp-bpf",
          "-qq",
          "-o",
          log.toString(),
          "-e",
          "trace=" + call,
          "-e",
          "inject=" + call + ":error=" + error + ":" + when);
    }
  }

  private int injected;
  private int refusals;
  private int stops;
  private int failedStarts;
  private long acknowledgedRecords;

  @Test
  @Tag("campaign")
  void whatWasAcknowledgedIsThere() throws Exception {
    Command.require(
        InjectedFaultTest.class, REMEDY, Command.of("strace", "-e", "trace=fsync", "true"));
    int runs = Integer.getInteger("runs", RUNS);
    for (int run = 0; run < runs; run++) {
      Fault fault = Fault.of(run);
      try {
        run(fault);
      } catch (AssertionError | Exception e) {
        fail("run " + run + ": " + fault, e);
      }
    }
    System.out.printf(
        "R9: %d runs, %d with a fault, %d with refusals, %d failed starts, %d stops of the broker;"
            + " %d records acknowledged, none lost, none twice%n",
        runs, injected, refusals, failedStarts, stops, acknowledgedRecords);
  }

  private void run(Fault fault) throws Exception {
    Path folder = Files.createTempDirectory("tailrace-injected");
    Path trace = folder.resolve("trace");
    int port = BrokerProcess.freePort();
    try {
      Path data = folder.resolve("data");
      List<String> command = new ArrayList<>(fault.strace(trace));
      command.addAll(BrokerProcess.command(port, data, "-o", "log.segment.bytes=1048576").words());
      int endsBefore = stops + failedStarts;
      List<AcknowledgedRecords> acknowledged = serve(port, command, fault.killed());
      if (Files.readString(trace).contains("(INJECTED)")) {
        injected++;
      } else {
        assertThat(stops + failedStarts).as("ended without a fault").isEqualTo(endsBefore);
        assertThat(acknowledged).as("taken").allMatch(records -> records.acknowledged() > 0);
      }
      refusals += acknowledged.stream().anyMatch(records -> records.failures() > 0) ? 1 : 0;
      try (BrokerProcess broker = new BrokerProcess(port, data)) {
        assertThat(broker.isAlive()).isTrue();
        for (AcknowledgedRecords records : acknowledged) {
          acknowledgedRecords += records.acknowledged();
          records.assertReadable();
        }
      }
    } finally {
      Folders.delete(folder);
    }
  }

  /** A broker under faults, used until it does no more; gives what it has acknowledged. */
  private List<AcknowledgedRecords> serve(int port, List<String> command, boolean killed)
      throws Exception {
    List<AcknowledgedRecords> all = new ArrayList<>();
    BrokerProcess broker;
    try {
      broker = new BrokerProcess(port, command);
    } catch (IllegalStateException e) {
      assertThat(e.getMessage())
          .as("why it does not start")
          .contains("tailrace: ")
          .doesNotContain("Exception");
      failedStarts++;
      return all;
    }
    AcknowledgedRecords cached = new AcknowledgedRecords(port, "cached");
    AcknowledgedRecords synced = new AcknowledgedRecords(port, "synced", "flush.messages", "1");
    all.addAll(List.of(cached, synced));
    for (AcknowledgedRecords records : all) {
      records.create();
      records.produce(60);
    }
    if (!broker.isAlive()) {
      assertThat(broker.output()).as("why it stopped").contains("tailrace: stopped: ");
      stops++;
    }
    end(broker, killed);
    return all;
  }

  private static void end(BrokerProcess broker, boolean killed)
      throws IOException, InterruptedException {
    if (killed) {
      broker.kill();
    } else {
      broker.close();
    }
  }
}
