package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signals to a process of its own. */
@DisabledOnOs(OS.WINDOWS)
class StopSignalsTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"INT,2", "TERM,15", "HUP,1"})
  void oneSignalStopsTheBrokerCleanly(String signal, int number) throws Exception {
    assumeFalse(isIgnored(number), "this shell has told its children to ignore the signal");
    Process process =
        java(Main.class, "start", "--listen", "127.0.0.1:0", "--data", folder.toString());
    try (BufferedReader out = process.inputReader()) {
      awaitLine(out, "Ctrl-C");
      kill(process, signal);
      awaitLine(out, "Stopped.");
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aSecondSignalEndsTheProcessAtOnce() throws Exception {
    Process process = java(NeverDone.class);
    try (BufferedReader out = process.inputReader()) {
      awaitLine(out, "waiting");
      kill(process, "TERM");
      awaitLine(out, "asked");
      kill(process, "TERM");
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(143);
    } finally {
      process.destroyForcibly();
    }
  }

  /** A process whose clean end never comes. */
  static final class NeverDone {
    public static void main(String[] args) throws InterruptedException {
      StopSignals signals = new StopSignals(System.out);
      signals.install("");
      System.out.println("waiting");
      signals.await();
      System.out.println("asked");
      new CountDownLatch(1).await();
    }
  }

  /** nohup and background jobs of scripts hand this on, and the JVM heeds it, as it should. */
  private static boolean isIgnored(int number) throws Exception {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("SigIgn:")) {
        long mask = Long.parseUnsignedLong(line.substring(7).strip(), 16);
        return (mask >> (number - 1) & 1) == 1;
      }
    }
    return false;
  }

  private static Process java(Class<?> main, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static void kill(Process process, String signal) throws Exception {
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
  }

  private static void awaitLine(BufferedReader out, String part) throws Exception {
    List<String> seen = new ArrayList<>();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      seen.add(line);
      if (line.contains(part)) {
        return;
      }
    }
    throw new AssertionError("no line with '" + part + "' in " + seen);
  }
}
