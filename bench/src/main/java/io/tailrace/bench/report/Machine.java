package io.tailrace.bench.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** What the figures depend on besides the code, and the code's commit. */
public record Machine(
    String cpu,
    int cores,
    @JsonProperty("memory_bytes") long memoryBytes,
    String kernel,
    String jdk,
    String commit) {
  private static final String UNKNOWN = "unknown";
  private static final long GIT_LIMIT_SECONDS = 10;

  /**
   * This machine; what it doesn't tell is "unknown".
   *
   * @param proc where proc(5) is mounted
   * @param sources the source tree, for its commit
   */
  public static Machine here(Path proc, Path sources) throws InterruptedException {
    String memory = line(proc.resolve("meminfo"), "MemTotal:").replaceAll("[^0-9]", "");
    return new Machine(
        line(proc.resolve("cpuinfo"), "model name").replaceFirst("^\\s*:\\s*", ""),
        Runtime.getRuntime().availableProcessors(),
        memory.isEmpty() ? 0 : Long.parseLong(memory) * 1024,
        "Linux " + line(proc.resolve("sys/kernel/osrelease"), ""),
        System.getProperty("java.vendor.version", System.getProperty("java.version")),
        commit(sources));
  }

  /** What follows {@code start} in the first line that begins with it. */
  private static String line(Path file, String start) {
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith(start)) {
          return line.substring(start.length()).strip();
        }
      }
    } catch (IOException e) {
      // not Linux, or not told
    }
    return UNKNOWN;
  }

  /** As {@code git describe} abbreviates it, marked if the tree differs from it. */
  private static String commit(Path sources) throws InterruptedException {
    try {
      Process git =
          new ProcessBuilder(
                  "git",
                  "-C",
                  sources.toString(),
                  "describe",
                  "--always",
                  "--dirty",
                  "--abbrev=12",
                  "--exclude=*")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String out = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      boolean told = git.waitFor(GIT_LIMIT_SECONDS, TimeUnit.SECONDS) && git.exitValue() == 0;
      return told && !out.isEmpty() ? out : UNKNOWN;
    } catch (IOException e) {
      return UNKNOWN; // no git
    }
  }
}
