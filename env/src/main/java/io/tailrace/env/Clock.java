package io.tailrace.env;

/** The two clocks. Callers read them once per event and pass the value on as an argument. */
public interface Clock {

  /** Monotonic time in nanoseconds, for durations and deadlines; its origin is arbitrary. */
  long nanoTime();

  /** Wall-clock time in milliseconds since the epoch, for record timestamps; it may jump. */
  long wallMs();

  /** The machine's clocks. */
  static Clock system() {
    return SystemClock.INSTANCE;
  }
}
