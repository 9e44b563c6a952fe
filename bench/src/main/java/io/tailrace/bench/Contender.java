package io.tailrace.bench;

import java.io.IOException;
import java.nio.file.Path;

/** A broker that the run can start, as often as it wants. */
interface Contender {
  /**
   * The one setting that is not the default: rounds write gigabytes, and what one leaves to be
   * written back would slow the next.
   */
  long DELETE_DELAY_MS = 1000;

  String name();

  /**
   * Starts a fresh broker.
   *
   * @param folder empty, and the broker's own
   */
  BrokerProcess start(Path folder) throws IOException, InterruptedException;
}
