package io.tailrace.server;

import io.tailrace.server.options.OptionWords;
import io.tailrace.server.options.UsageException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind {@code tailrace start}.
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

  /** Reads the words after {@code start}. */
  static StartOptions parse(List<String> words) throws UsageException {
    return new Parser(new OptionWords(words)).parse();
  }

  /** Only what settings come from. */
  static StartOptions settings(
      @Nullable String data, @Nullable String config, List<String> overrides) {
    return new StartOptions(
        null, null, data, config, overrides, System.Logger.Level.INFO, false, false);
  }

  /** Goes through the words once. */
  private static final class Parser {
    private final OptionWords words;
    private final List<String> overrides = new ArrayList<>();
    private @Nullable String listen;
    private @Nullable String advertise;
    private @Nullable String data;
    private @Nullable String config;
    private System.Logger.Level logLevel = System.Logger.Level.INFO;
    private boolean debug;
    private boolean help;

    Parser(OptionWords words) {
      this.words = words;
    }

    StartOptions parse() throws UsageException {
      for (String name = words.next(); name != null; name = words.next()) {
        option(name);
      }
      return new StartOptions(listen, advertise, data, config, overrides, logLevel, debug, help);
    }

    private void option(String name) throws UsageException {
      switch (name) {
        case "--listen" -> listen = words.value();
        case "--advertise" -> advertise = words.value();
        case "--data" -> data = data == null ? words.value() : data + "," + words.value();
        case "--config" -> config = words.value();
        case "--log-level" -> logLevel = level(words.value());
        case "-o", "--override" -> overrides.add(words.value());
        case "--debug" -> debug = words.flag();
        case "-h", "--help" -> help = words.flag();
        default -> throw words.unknown(NAMES);
      }
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
  }
}
