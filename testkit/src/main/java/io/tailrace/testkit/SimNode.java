package io.tailrace.testkit;

import java.util.SplittableRandom;

/** A file or folder of a {@link SimDisk}. */
abstract sealed class SimNode permits SimFile, SimDirectory {

  /** Leaves what the device has. */
  abstract void losePower(SplittableRandom random);
}
