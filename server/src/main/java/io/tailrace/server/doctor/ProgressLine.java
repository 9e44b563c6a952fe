package io.tailrace.server.doctor;

import io.tailrace.env.Clock;
import io.tailrace.log.LogInspection;
import java.io.PrintStream;

/**
 * How far an inspection is: a bar that moves on a terminal, a line every few seconds elsewhere.
 * Told by many threads.
 */
final class ProgressLine implements LogInspection.Listener {
  private static final int WIDTH = 30;
  private static final long MEBIBYTE = 1 << 20;
  private static final long BAR_EVERY_NS = 100_000_000L;
  private static final long LINE_EVERY_NS = 5_000_000_000L;

  private final PrintStream out;
  private final Clock clock;
  private final boolean terminal;
  private long nextNs;
  private boolean drawn;

  ProgressLine(PrintStream out, Clock clock, boolean terminal) {
    this.out = out;
    this.clock = clock;
    this.terminal = terminal;
    this.nextNs = clock.nanoTime() + every();
  }

  private long every() {
    return terminal ? BAR_EVERY_NS : LINE_EVERY_NS;
  }

  @Override
  public synchronized void at(int logs, int allLogs, long bytes, long allBytes) {
    long now = clock.nanoTime();
    if (now - nextNs < 0) {
      return;
    }
    nextNs = now + every();
    String text =
        "checked %d of %d logs, %d of %d MiB"
            .formatted(logs, allLogs, bytes / MEBIBYTE, allBytes / MEBIBYTE);
    if (terminal) {
      int filled = allBytes == 0 ? 0 : (int) Math.min(WIDTH, WIDTH * bytes / allBytes);
      out.print("\r[" + "#".repeat(filled) + " ".repeat(WIDTH - filled) + "] " + text);
      drawn = true;
    } else {
      out.println(text);
    }
    out.flush();
  }

  /** Leaves the terminal as it was. */
  synchronized void end() {
    if (drawn) {
      out.print("\r\u001b[K");
      out.flush();
    }
  }
}
