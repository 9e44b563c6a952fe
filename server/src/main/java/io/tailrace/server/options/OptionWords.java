package io.tailrace.server.options;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Goes once through the words behind a command: {@code --name value}, {@code --name=value}, {@code
 * --flag}, {@code -o value}, and words that are no options. Read by hand, because picocli would
 * take a good part of the start (docs/decisions/001-command-line-and-log-lines.md).
 */
public final class OptionWords {
  private static final int SHORTEST_HINT = 4;

  private final List<String> words;
  private int next;
  private String name = "";
  private @Nullable String inline;

  public OptionWords(List<String> words) {
    this.words = words;
  }

  /** The name of the next option, or the next word that is none; null behind the last. */
  public @Nullable String next() {
    if (next == words.size()) {
      return null;
    }
    String word = words.get(next++);
    int equals = word.startsWith("--") ? word.indexOf('=') : -1;
    name = equals < 0 ? word : word.substring(0, equals);
    inline = equals < 0 ? null : word.substring(equals + 1);
    return name;
  }

  /** The value of the option that {@link #next} has returned. */
  public String value() throws UsageException {
    if (inline != null) {
      return inline;
    }
    if (next == words.size()) {
      throw new UsageException(name + " needs a value");
    }
    return words.get(next++);
  }

  /** True, for an option that is there or not and takes no value. */
  public boolean flag() throws UsageException {
    if (inline != null) {
      throw new UsageException(name + " takes no value");
    }
    return true;
  }

  /** What to throw if the word that {@link #next} has returned is none of the known ones. */
  public UsageException unknown(List<String> knownNames) {
    for (String known : knownNames) {
      if (known.startsWith(name) && name.length() >= SHORTEST_HINT) {
        return new UsageException("unknown option " + name + "; did you mean " + known + "?");
      }
    }
    return new UsageException("unknown option " + name);
  }
}
