package io.tailrace.bench;

import java.io.IOException;
import java.nio.file.Path;

/** A broker that the run can start, as often as it wants. */
interface Contender {
  /**
   * A setting that is not the default: rounds write gigabytes, and what one leaves to be written
   * back would slow the next.
   */
  long DELETE_DELAY_MS = 1000;

  String name();

  /**
   * Starts it on what it has left in the folder, at a port of its own choice.
   *
   * @param folder the broker's own; empty at first
   */
  BrokerProcess start(Path folder) throws IOException, InterruptedException;

  /** With how many partitions it is expected to start again. */
  default int mostIdlePartitions() {
    return Integer.MAX_VALUE;
  }
}
