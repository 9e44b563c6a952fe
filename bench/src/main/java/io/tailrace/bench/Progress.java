package io.tailrace.bench;

import java.io.PrintStream;

/**
 * One line that says what goes on: rewritten in place on a terminal, a line per step elsewhere. Any
 * thread may call it.
 */
final class Progress {
  private static final String CLEAR_LINE = "\r\033[K";

  private final PrintStream out;
  private final boolean terminal;
  private String shown = "";

  Progress(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  synchronized void show(String line) {
    shown = line;
    if (terminal) {
      out.print(CLEAR_LINE + line);
      out.flush();
    } else {
      out.println(line);
    }
  }

  /** A detail of the line that was shown last, behind it: only on a terminal. */
  synchronized void detail(String detail) {
    if (terminal) {
      out.print(CLEAR_LINE + shown + " - " + detail);
      out.flush();
    }
  }

  /** Something to remember: stays on the terminal. */
  synchronized void note(String line) {
    done();
    out.println(line);
  }

  /** Leaves the terminal's line free for other output. */
  synchronized void done() {
    if (terminal) {
      out.print(CLEAR_LINE);
      out.flush();
    }
  }
}
