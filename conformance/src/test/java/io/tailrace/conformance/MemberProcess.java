package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.conformance.GroupHistory.Numbered;
import io.tailrace.conformance.GroupHistory.Tenure;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * A member of a group in a process of its own, which tells what it does as {@link GroupMember}
 * does. For one thread.
 */
final class MemberProcess implements AutoCloseable {
  private static final long LIMIT_SECONDS = 30;

  private final String name;
  private final Process process;
  private final Path output;
  private final UnaryOperator<String> translation;
  private final GroupHistory history;
  private final Map<Integer, Tenure> tenures = new HashMap<>();
  private long followed;

  /**
   * @param translation of the lines that the process prints into {@link GroupMember}'s
   */
  MemberProcess(
      String name, Command command, UnaryOperator<String> translation, GroupHistory history)
      throws IOException {
    this.name = name;
    this.translation = translation;
    this.history = history;
    output = Files.createTempFile("tailrace-member", ".out");
    process = command.start(output);
  }

  /** The partitions it has now; takes up what it has printed since. */
  Set<Integer> owned() throws IOException {
    follow();
    assertThat(process.isAlive()).as("%s lives; it has printed %s", name, this).isTrue();
    return new TreeSet<>(tenures.keySet());
  }

  private void follow() throws IOException {
    byte[] bytes;
    try (RandomAccessFile file = new RandomAccessFile(output.toFile(), "r")) {
      bytes = new byte[(int) (file.length() - followed)];
      file.seek(followed);
      file.readFully(bytes);
    }
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int whole = text.lastIndexOf('\n') + 1;
    followed += whole;
    text.substring(0, whole).lines().map(translation).forEach(this::line);
  }

  private void line(String line) {
    String[] words = line.split(" ");
    switch (words[0]) {
      case "owns" -> owns(words.length == 1 ? Set.of() : numbers(words[1]));
      case "record" -> {
        Tenure tenure = tenures.get(Integer.parseInt(words[1]));
        assertThat(tenure).as("%s: %s, which it does not own", name, line).isNotNull();
        tenure.read(Long.parseLong(words[2]), new Numbered(words[3], words[4]));
      }
      case "lost" -> tenures.values().forEach(Tenure::unclean);
      default -> {
        // said for people
      }
    }
  }

  private static Set<Integer> numbers(String commaSeparated) {
    Set<Integer> numbers = new TreeSet<>();
    for (String number : commaSeparated.split(",")) {
      numbers.add(Integer.parseInt(number));
    }
    return numbers;
  }

  private void owns(Set<Integer> partitions) {
    tenures.keySet().retainAll(partitions);
    for (int partition : partitions) {
      tenures.computeIfAbsent(partition, it -> history.begin(name, it));
    }
  }

  /** Ends it in the way that leaves it no time for anything: SIGKILL. */
  void kill() throws IOException, InterruptedException {
    process.destroyForcibly().waitFor();
    follow();
    tenures.values().forEach(Tenure::unclean);
    tenures.clear();
  }

  /** Has it leave in the orderly way: SIGTERM. */
  void askToLeave() {
    process.destroy();
  }

  /** Waits until it has left. */
  void awaitLeft() throws IOException, InterruptedException {
    assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
        .as("%s leaves; it has printed %s", name, this)
        .isTrue();
    follow();
    tenures.clear();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    Files.deleteIfExists(output);
  }

  /** The last lines that it has printed. */
  @Override
  public String toString() {
    try {
      String text = Files.readString(output, StandardCharsets.ISO_8859_1);
      return text.substring(Math.max(0, text.length() - 2000));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
