package io.tailrace.log;

import io.tailrace.env.Disk;
import io.tailrace.env.Randomness;
import java.util.concurrent.Executor;

/**
 * What all logs of a data directory share.
 *
 * @param background runs the slow part of a roll (sync, index files, producer snapshot)
 * @param recoveryPoints called when a log's recovery point goes down, before it is appended to
 *     again: a checkpoint that is too high would make recovery trust bytes it must look at
 */
record LogContext(
    Disk disk,
    OpenFiles openFiles,
    Randomness randomness,
    Executor background,
    RecoveryPoints recoveryPoints) {

  /** Where the recovery points are kept. */
  interface RecoveryPoints {
    void lowered() throws java.io.IOException;
  }
}
