package io.tailrace.server;

import io.tailrace.broker.Broker;
import io.tailrace.broker.BrokerStartException;
import io.tailrace.broker.config.BrokerConfig;
import io.tailrace.env.Clock;
import java.io.PrintStream;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** {@code tailrace start}: runs a broker in the foreground until it is told to stop. */
final class StartCommand {

  /** How the command learns of its end. */
  interface Stop {
    /**
     * Called once the broker serves; a stop asked for from here on is a clean one.
     *
     * @param bootstrapServers where it serves
     */
    void install(String bootstrapServers);

    void await() throws InterruptedException;

    /** The broker has ended by itself: lets {@link #await} return. */
    void ended();
  }

  private final PrintStream out;
  private final PrintStream err;
  private final Map<String, String> environment;
  private final Stop stop;

  StartCommand(PrintStream out, PrintStream err, Map<String, String> environment, Stop stop) {
    this.out = out;
    this.err = err;
    this.environment = environment;
    this.stop = stop;
  }

  /**
   * Runs it; returns the process's exit code: 0 after a clean stop, 1 if there was no start or no
   * way to go on.
   */
  int run(StartOptions options) throws InterruptedException {
    ConsoleLogging.install(options.logLevel());
    try {
      Settings settings = Settings.gather(options, environment);
      BrokerConfig config = settings.read();
      report(settings, config, options.logLevel());
      AtomicReference<@Nullable String> failure = new AtomicReference<>();
      Broker.Builder builder =
          Broker.builder()
              .config(config)
              .onFailure(reason -> {
                failure.set(reason);
                stop.ended();
              });
      try (Broker broker = builder.start()) {
        stop.install(broker.bootstrapServers());
        out.print(
            StartScreen.text(Main.version(), broker.bootstrapServers(), broker.dataDirectories()));
        out.flush();
        stop.await();
      }
      return ended(failure.get());
    } catch (StartException | BrokerStartException e) {
      return fail(e, options.debug());
    }
  }

  private int ended(@Nullable String failure) {
    if (failure != null) {
      err.println("tailrace: stopped: " + failure);
      return 1;
    }
    out.println("Stopped.");
    return 0;
  }

  /** Says what the settings bring with them; not through a logger, the first of which is slow. */
  private void report(Settings settings, BrokerConfig config, Level level) {
    settings.notes().forEach(note -> print(Level.INFO, level, note));
    settings.warnings().forEach(warning -> print(Level.WARNING, level, warning));
    String open = StartScreen.openAddress(config);
    if (open != null) {
      print(
          Level.WARNING,
          level,
          "open to other machines, with no security configured: whoever reaches "
              + open
              + " can read, write and delete everything");
    }
  }

  private void print(Level line, Level level, String text) {
    if (line.getSeverity() >= level.getSeverity()) {
      err.print(LogLine.format(Clock.system().wallMs(), line, "Start", text, null));
    }
  }

  private int fail(RuntimeException e, boolean debug) {
    String holder = "";
    if (e instanceof BrokerStartException start && start.heldLockFile() != null) {
      String pid = LockHolder.pid(start.heldLockFile());
      holder = pid == null ? "" : " (held by process " + pid + ")";
    }
    for (String line : String.valueOf(e.getMessage()).split("\n", -1)) {
      err.println("tailrace: " + line + holder);
    }
    if (debug) {
      e.printStackTrace(err);
    }
    return 1;
  }
}
