package io.tailrace.server;

import io.tailrace.server.doctor.DoctorCommand;
import java.io.Console;

/** The terminal that this process was started from, if it was. */
final class ConsoleTerminal implements DoctorCommand.Terminal {
  @Override
  public boolean isThere() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  @Override
  public String ask(String question) {
    Console console = System.console();
    String line = console == null ? null : console.readLine("%s", question);
    return line == null ? "" : line;
  }
}
