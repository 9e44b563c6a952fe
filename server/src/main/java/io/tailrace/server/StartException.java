package io.tailrace.server;

import java.util.List;

/** The broker can't start as asked; each line of the message says one reason, for the user. */
final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1;

  StartException(String line) {
    super(line);
  }

  StartException(List<String> lines) {
    super(String.join("\n", lines));
  }
}
