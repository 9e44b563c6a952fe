package io.tailrace.server;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind {@code tailrace start}. Read by hand, because picocli would take a good part
 * of the start (docs/decisions/001-command-line-and-log-lines.md).
 *
 * @param overrides the {@code key=value} of each -o, in order
 */
record StartOptions(
    @Nullable String listen,
    @Nullable String advertise,
    @Nullable String data,
    @Nullable String config,
    List<String> overrides,
    System.Logger.Level logLevel,
    boolean debug,
    boolean help) {

  private static final List<String> NAMES =
      List.of("--listen", "--advertise", "--data", "--config", "--log-level", "--debug", "--help");

  /** Reads the words after {@code start}: {@code --name value} or {@code --name=value}. */
  static StartOptions parse(List<String> words) throws UsageException {
    return new Parser(words).parse();
  }

  /** Goes through the words once. */
  private static final class Parser {
    private final List<String> words;
    private final List<String> overrides = new ArrayList<>();
    private int next;
    private @Nullable String listen;
    private @Nullable String advertise;
    private @Nullable String data;
    private @Nullable String config;
    private System.Logger.Level logLevel = System.Logger.Level.INFO;
    private boolean debug;
    private boolean help;

    Parser(List<String> words) {
      this.words = words;
    }

    StartOptions parse() throws UsageException {
      while (next < words.size()) {
        option(words.get(next++));
      }
      return new StartOptions(listen, advertise, data, config, overrides, logLevel, debug, help);
    }

    private void option(String word) throws UsageException {
      int equals = word.startsWith("--") ? word.indexOf('=') : -1;
      String name = equals < 0 ? word : word.substring(0, equals);
      @Nullable String inline = equals < 0 ? null : word.substring(equals + 1);
      switch (name) {
        case "--listen" -> listen = value(name, inline);
        case "--advertise" -> advertise = value(name, inline);
        case "--data" -> data = value(name, inline);
        case "--config" -> config = value(name, inline);
        case "--log-level" -> logLevel = level(value(name, inline));
        case "-o", "--override" -> overrides.add(value(name, inline));
        case "--debug" -> debug = flag(name, inline);
        case "-h", "--help" -> help = flag(name, inline);
        default -> throw unknown(name);
      }
    }

    private String value(String name, @Nullable String inline) throws UsageException {
      if (inline != null) {
        return inline;
      }
      if (next == words.size()) {
        throw new UsageException(name + " needs a value");
      }
      return words.get(next++);
    }

    private static boolean flag(String name, @Nullable String inline) throws UsageException {
      if (inline != null) {
        throw new UsageException(name + " takes no value");
      }
      return true;
    }

    private static System.Logger.Level level(String text) throws UsageException {
      return switch (text) {
        case "error" -> System.Logger.Level.ERROR;
        case "warning", "warn" -> System.Logger.Level.WARNING;
        case "info" -> System.Logger.Level.INFO;
        case "debug" -> System.Logger.Level.DEBUG;
        case "trace" -> System.Logger.Level.TRACE;
        default ->
            throw new UsageException(
                "--log-level " + text + ": write error, warning, info, debug or trace");
      };
    }

    private static UsageException unknown(String name) {
      for (String known : NAMES) {
        if (known.startsWith(name) && name.length() > 3) {
          return new UsageException("unknown option " + name + "; did you mean " + known + "?");
        }
      }
      return new UsageException("unknown option " + name);
    }
  }
}
