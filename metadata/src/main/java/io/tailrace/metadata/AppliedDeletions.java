package io.tailrace.metadata;

import java.io.IOException;

/** Asks a broker whether it has deleted what the images told it to. */
public interface AppliedDeletions {

  /**
   * Whether nothing is left on the broker's disks of any topic that is not in the newest image, not
   * even after a power loss: then nobody will need to know that it was deleted. Called on a thread
   * that may wait for the disk.
   */
  boolean areDurable() throws IOException;
}
