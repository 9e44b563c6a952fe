package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A program run to its end. */
final class Command {
  private static final long LIMIT_SECONDS = 120;

  private final List<String> words = new ArrayList<>();
  private final Map<String, String> environment = new HashMap<>();
  private String input = "";

  private Command() {}

  static Command of(String... words) {
    return new Command().with(words);
  }

  /** A main class of the test's class path, in a JVM of its own that is quick to start. */
  static Command java(Class<?> main) {
    return java(main, System.getProperty("java.class.path"));
  }

  /** A main class of another class path. */
  static Command java(Class<?> main, String classPath) {
    return jvm().with("-cp", classPath, main.getName());
  }

  /**
   * A main class in one of the test's jars that is run many times. At its first end the JVM
   * archives the classes that it has loaded: that takes a second, and each later run takes half of
   * one less.
   */
  static Command tool(Class<?> main) {
    String jars =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(path -> path.endsWith(".jar"))
            .collect(Collectors.joining(File.pathSeparator));
    Path archive = Path.of("target", main.getSimpleName() + ".jsa").toAbsolutePath();
    return jvm()
        .with("-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=" + archive, "-Xlog:disable")
        .with("-cp", jars, main.getName());
  }

  private static Command jvm() {
    return of(Path.of(System.getProperty("java.home"), "bin", "java").toString())
        .with("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m")
        .with("--enable-native-access=ALL-UNNAMED");
  }

  /** A main class of the test's class path, in a JVM with these options. */
  static Command java(List<String> options, Class<?> main) {
    return of(Path.of(System.getProperty("java.home"), "bin", "java").toString())
        .with(options.toArray(String[]::new))
        .with("-cp", System.getProperty("java.class.path"), main.getName());
  }

  Command with(String... more) {
    words.addAll(List.of(more));
    return this;
  }

  /** A variable that the program sees besides this process's own. */
  Command environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** What the program reads from its standard input. */
  Command input(String text) {
    input = text;
    return this;
  }

  /**
   * What a program has left.
   *
   * @param out its standard output
   * @param err its standard error
   */
  record Result(int exitCode, String out, String err) {}

  List<String> words() {
    return List.copyOf(words);
  }

  /** Runs the program, which must succeed, and returns its output. */
  String run() throws IOException, InterruptedException {
    Result result = result();
    assertThat(result.exitCode()).as("%s ended with %s", this, result).isZero();
    return result.out();
  }

  /** Runs the program, whatever comes of it. Files, not pipes: nothing waits for anybody. */
  Result result() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("tailrace-command");
    Path in = Files.writeString(folder.resolve("in"), input);
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
      assertThat(ended).as("%s ends; its output: %s %s", this, text(out), text(err)).isTrue();
      return new Result(process.exitValue(), text(out), text(err));
    } finally {
      process.destroyForcibly();
      Folders.delete(folder);
    }
  }

  /**
   * Starts the program, and does not wait for it.
   *
   * @param output where both its outputs go
   */
  Process start(Path output) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  /**
   * Skips the test, saying why, if the program can't be run.
   *
   * @param test the test, for the message
   * @param probe a command that succeeds where the program is installed
   * @param remedy how to install it
   */
  static void require(Class<?> test, String remedy, Command probe) {
    String reason;
    try {
      Result result = probe.result();
      if (result.exitCode() == 0) {
        return;
      }
      reason = result.err().strip().lines().reduce((first, last) -> last).orElse("it fails");
    } catch (IOException e) {
      reason = e.getMessage();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    String message =
        "SKIPPED %s: %s. To run it: %s".formatted(test.getSimpleName(), reason.strip(), remedy);
    System.out.println(message);
    Assumptions.abort(message);
  }

  @Override
  public String toString() {
    return words.stream().filter(word -> !word.contains(".jar")).toList().toString();
  }
}
