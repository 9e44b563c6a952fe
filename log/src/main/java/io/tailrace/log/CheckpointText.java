package io.tailrace.log;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Kafka's checkpoint files: a line {@code 0}, a line with the number of entries, an entry a line.
 */
final class CheckpointText {
  private static final String VERSION = "0";

  private CheckpointText() {}

  static byte[] encode(List<String> lines) {
    StringBuilder text = new StringBuilder(VERSION).append('\n').append(lines.size()).append('\n');
    for (String line : lines) {
      text.append(line).append('\n');
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** The entries as they are; the same of an empty or damaged file as {@link #decode}. */
  static @Nullable List<String> lines(byte[] content) {
    List<String> lines = new String(content, StandardCharsets.UTF_8).lines().toList();
    if (lines.isEmpty()) {
      return lines;
    }
    boolean intact =
        lines.size() >= 2
            && lines.get(0).equals(VERSION)
            && lines.get(1).equals(Integer.toString(lines.size() - 2));
    return intact ? lines.subList(2, lines.size()) : null;
  }

  /**
   * Splits entries at their blanks. An empty file has no entries, as in Kafka, which makes it so.
   *
   * @return null if the file is damaged
   */
  static @Nullable List<String[]> decode(byte[] content, int fields) {
    List<String> lines = lines(content);
    if (lines == null) {
      return null;
    }
    List<String[]> entries = new ArrayList<>(lines.size());
    for (String line : lines) {
      String[] parts = line.split(" ", -1);
      if (parts.length != fields) {
        return null;
      }
      entries.add(parts);
    }
    return entries;
  }
}
