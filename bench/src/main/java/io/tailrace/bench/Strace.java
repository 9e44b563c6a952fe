package io.tailrace.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Counts the system calls of a process and its threads, by attaching {@code strace -f -c} to it.
 * Each call then costs the process tens of microseconds: nothing else may be measured meanwhile.
 */
final class Strace implements AutoCloseable {
  private static final int STOP_LIMIT_SECONDS = 10;
  private static final String ATTACHED = "attached";
  private static final Pattern RULE = Pattern.compile("(?m)^-[- ]+$");
  private static final int CALLS_COLUMN = 3;

  private final Process process;
  private final BufferedReader messages;
  private final Path table;

  /**
   * Returns when strace has attached to all threads.
   *
   * @param folder for its table
   */
  Strace(long pid, Path folder) {
    this.table = folder.resolve("strace-" + pid + ".txt");
    List<String> command =
        List.of("strace", "-f", "-c", "-p", Long.toString(pid), "-o", table.toString());
    try {
      this.process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new BenchException("--syscalls needs strace, which can't be run: " + e.getMessage(), e);
    }
    this.messages = process.inputReader(StandardCharsets.UTF_8);
    awaitAttached(pid);
  }

  /** Its first message comes when it has attached, or could not. */
  private void awaitAttached(long pid) {
    try {
      String message = messages.readLine();
      if (message == null || !message.contains(ATTACHED)) {
        close();
        throw new BenchException(
            "strace can't attach to process "
                + pid
                + ": "
                + message
                + " (as root? or with sysctl kernel.yama.ptrace_scope=0)");
      }
    } catch (IOException e) {
      close();
      throw new BenchException("strace says nothing: " + e.getMessage(), e);
    }
  }

  /** Lets go of the process, and gives the number of its calls meanwhile. */
  long stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(STOP_LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new BenchException("strace does not end");
    }
    try {
      return totalCalls(Files.readString(table));
    } catch (IOException e) {
      throw new BenchException("strace left no table: " + e.getMessage(), e);
    }
  }

  /**
   * The sum of the calls in a table as strace prints it. (Its own total is not always in the same
   * column: there, some versions leave out the microseconds.)
   *
   * <pre>
   *   % time     seconds  usecs/call     calls    errors syscall
   *   ------ ----------- ----------- --------- --------- ----------------
   *    99.00    0.001200          12       100         4 read
   *     1.00    0.000034          11         3           write
   *   ------ ----------- ----------- --------- --------- ----------------
   *   100.00    0.001234          11       103         4 total
   * </pre>
   */
  static long totalCalls(String table) {
    String[] parts = RULE.split(table, -1);
    if (parts.length != 3) {
      throw new BenchException("strace printed something else than a table:\n" + table);
    }
    return parts[1]
        .lines()
        .filter(line -> !line.isBlank())
        .mapToLong(line -> Long.parseLong(line.strip().split(" +", -1)[CALLS_COLUMN]))
        .sum();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
