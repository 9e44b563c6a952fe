package io.tailrace.testkit;

import java.util.SplittableRandom;

/** A file or folder of a {@link SimDisk}. */
abstract sealed class SimNode permits SimFile, SimDirectory {

  /** A copy that has what the device might have, if the power failed now. */
  abstract SimNode left(SplittableRandom random, SimDisk.Names names);
}
