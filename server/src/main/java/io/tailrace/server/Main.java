package io.tailrace.server;

import io.tailrace.broker.config.BrokerConfig;
import io.tailrace.env.Clock;
import io.tailrace.env.Environment;
import io.tailrace.server.doctor.DoctorCommand;
import io.tailrace.server.group.GroupCommand;
import io.tailrace.server.options.UsageException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The entry point of the jar. Exit codes: 0 done or stopped cleanly, 1 the broker could not start
 * or a question found no answer or the doctor found problems, 2 the command line was not understood
 * or the doctor could not look, 129/130/143 ended by a second signal.
 */
public final class Main {
  private final PrintStream out;
  private final PrintStream err;
  private final Map<String, String> environment;
  private final StartCommand.Stop stop;

  Main(PrintStream out, PrintStream err, Map<String, String> environment, StartCommand.Stop stop) {
    this.out = out;
    this.err = err;
    this.environment = environment;
    this.stop = stop;
  }

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] words) throws InterruptedException {
    Main main = new Main(System.out, System.err, System.getenv(), new StopSignals(System.out));
    System.exit(main.run(List.of(words)));
  }

  int run(List<String> words) throws InterruptedException {
    String command = words.isEmpty() ? "help" : words.getFirst();
    return switch (command) {
      case "start" -> start(words.subList(1, words.size()));
      case "group" -> group(words.subList(1, words.size()));
      case "doctor" -> doctor(words.subList(1, words.size()));
      case "train" -> train(words);
      case "version", "--version", "-V" -> print("Tailrace " + version());
      case "help", "--help", "-h" -> print(Help.TEXT);
      default -> usage("unknown command " + command);
    };
  }

  private int start(List<String> words) throws InterruptedException {
    StartOptions options;
    try {
      options = StartOptions.parse(words);
    } catch (UsageException e) {
      return usage(String.valueOf(e.getMessage()));
    }
    if (options.help()) {
      return print(Help.TEXT);
    }
    return new StartCommand(out, err, environment, stop).run(options);
  }

  private int group(List<String> words) throws InterruptedException {
    try {
      return new GroupCommand(out, err, Clock.system(), Thread::sleep).run(words, Help.TEXT);
    } catch (UsageException e) {
      return usage(String.valueOf(e.getMessage()));
    }
  }

  private int doctor(List<String> words) throws InterruptedException {
    try {
      return new DoctorCommand(
              out, err, Environment.system(), new ConsoleTerminal(), this::settings)
          .run(words, Help.TEXT);
    } catch (UsageException e) {
      return usage(String.valueOf(e.getMessage()));
    } catch (StartException e) {
      String.valueOf(e.getMessage()).lines().forEach(line -> err.println("tailrace: " + line));
      return 2;
    }
  }

  private BrokerConfig settings(
      @Nullable String data, @Nullable String config, List<String> overrides) {
    return Settings.gather(StartOptions.settings(data, config, overrides), environment).read();
  }

  /** For the launcher: {@code train DIR}, see {@link Training}. */
  private int train(List<String> words) throws InterruptedException {
    if (words.size() != 2) {
      return usage("train needs a folder");
    }
    List<String> start = List.of("start", "--listen", "127.0.0.1:0", "--data", words.get(1));
    Main trained = new Main(out, err, Map.of(), new Training(stop));
    int first = trained.run(start);
    return first == 0 ? trained.run(start) : first;
  }

  private int print(String text) {
    out.println(text);
    return 0;
  }

  private int usage(String message) {
    err.println("tailrace: " + message + "; 'tailrace help' shows all commands and options");
    return 2;
  }

  /** The version in the jar's manifest. */
  static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "(not built as a jar)" : version;
  }
}
