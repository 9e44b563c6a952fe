package io.tailrace.log;

import io.tailrace.env.Disk;
import io.tailrace.env.Randomness;
import java.io.IOException;
import java.util.concurrent.Executor;

/**
 * What all logs of a data directory share.
 *
 * @param background runs the slow part of a roll (sync, index files, producer snapshot)
 */
record LogContext(
    Disk disk,
    OpenFiles openFiles,
    Randomness randomness,
    Executor background,
    RecoveryPoints recoveryPoints) {

  /** Where the recovery points are kept. */
  interface RecoveryPoints {
    /**
     * Makes a log's recovery point durable before the log gives offsets behind it away again: one
     * that is too high would make recovery trust bytes that it must look at.
     */
    void lower(String log, long offset) throws IOException;
  }
}
