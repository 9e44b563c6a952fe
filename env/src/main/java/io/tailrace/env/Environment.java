package io.tailrace.env;

/** Everything a broker takes from the machine, handed down from its builder. */
public record Environment(Clock clock, Disk disk, Randomness randomness) {

  /** The real machine. */
  public static Environment system() {
    return new Environment(Clock.system(), Disk.system(), Randomness.system());
  }
}
