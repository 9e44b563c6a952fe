package io.tailrace.server;

import io.tailrace.env.Clock;
import java.io.PrintStream;
import java.lang.System.Logger.Level;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/**
 * Where the log lines of this process go: one line each to standard error. Found by the JDK through
 * {@code META-INF/services}, in the place of java.util.logging
 * (docs/decisions/001-command-line-and-log-lines.md).
 */
public final class ConsoleLogging extends System.LoggerFinder {
  private final PrintStream out;
  private final Clock clock;
  private volatile Level level = Level.INFO;

  /** For the JDK. */
  public ConsoleLogging() {
    this(System.err, Clock.system());
  }

  ConsoleLogging(PrintStream out, Clock clock) {
    this.out = out;
    this.clock = clock;
  }

  /** Sets the level from which lines are printed, if this class serves the process's loggers. */
  static void install(Level level) {
    if (level != Level.INFO
        && System.LoggerFinder.getLoggerFinder() instanceof ConsoleLogging logging) {
      logging.level(level);
    }
  }

  void level(Level lowest) {
    level = lowest;
  }

  @Override
  public System.Logger getLogger(String name, Module module) {
    return new ConsoleLogger(name);
  }

  /** One class's logger. Any thread may use it. */
  private final class ConsoleLogger implements System.Logger {
    private final String name;

    ConsoleLogger(String name) {
      this.name = name;
    }

    @Override
    public String getName() {
      return name;
    }

    @Override
    public boolean isLoggable(Level asked) {
      return asked.getSeverity() >= level.getSeverity() && asked != Level.OFF;
    }

    @Override
    public void log(
        Level asked,
        @Nullable ResourceBundle bundle,
        @Nullable String message,
        @Nullable Throwable thrown) {
      if (isLoggable(asked)) {
        out.print(LogLine.format(clock.wallMs(), asked, name, String.valueOf(message), thrown));
      }
    }

    @Override
    public void log(
        Level asked,
        @Nullable ResourceBundle bundle,
        @Nullable String format,
        @Nullable Object @Nullable ... parameters) {
      if (isLoggable(asked)) {
        log(asked, bundle, LogLine.fill(String.valueOf(format), parameters), (Throwable) null);
      }
    }
  }
}
