package io.tailrace.server.group;

import io.tailrace.env.Clock;
import io.tailrace.server.client.ClientException;
import io.tailrace.server.client.Cluster;
import io.tailrace.server.options.UsageException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code tailrace group list} and {@code tailrace group describe GROUP}. */
public final class GroupCommand {
  /** How often a coordinator that is not ready is asked: for some seconds in all. */
  private static final int ATTEMPTS = 20;

  private static final int PAUSE_MS = 250;

  private final PrintStream out;
  private final PrintStream err;
  private final Clock clock;
  private final Pause pause;

  /** Waits between two attempts. */
  public interface Pause {
    void ms(long ms) throws InterruptedException;
  }

  /** Gets what is asked for from a cluster. */
  private interface Question {
    String answer(Cluster cluster) throws ClientException;
  }

  public GroupCommand(PrintStream out, PrintStream err, Clock clock, Pause pause) {
    this.out = out;
    this.err = err;
    this.clock = clock;
    this.pause = pause;
  }

  /**
   * Runs it.
   *
   * @param help printed if asked for
   * @return the process's exit code: 0, or 1 if the question found no answer
   */
  public int run(List<String> words, String help) throws UsageException, InterruptedException {
    GroupOptions options = GroupOptions.parse(words);
    if (options.help()) {
      out.println(help);
      return 0;
    }
    Cluster cluster;
    try {
      cluster = new Cluster(options.bootstrap());
    } catch (ClientException e) {
      return fail(e.getMessage() + "; --bootstrap HOST:PORT names another broker");
    }
    try (cluster) {
      out.print(ask(cluster, question(options)));
      return 0;
    } catch (IOException e) {
      return fail(e.getMessage());
    }
  }

  private int fail(@Nullable String message) {
    err.println("tailrace: " + message);
    return 1;
  }

  private Question question(GroupOptions options) {
    String group = options.group();
    return cluster -> {
      GroupReader reader = new GroupReader(cluster, clock.wallMs());
      if (group == null) {
        List<GroupReport> groups = reader.list();
        return options.json() ? GroupJson.list(groups) : GroupText.list(groups);
      }
      GroupReport report = reader.describe(group);
      return options.json() ? GroupJson.describe(report) : GroupText.describe(report);
    };
  }

  /** A coordinator may just load its groups, or move: both are over soon. */
  private String ask(Cluster cluster, Question question)
      throws ClientException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return question.answer(cluster);
      } catch (ClientException e) {
        if (attempt == ATTEMPTS || !e.code().retriable()) {
          throw e;
        }
        pause.ms(PAUSE_MS);
      }
    }
  }
}
