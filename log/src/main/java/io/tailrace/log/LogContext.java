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
    Lowering checkpoints) {

  /** Corrects the checkpoint files of the data directory. */
  interface Lowering {
    /**
     * Lets the files durably say no more than this, before the log gives offsets behind it away
     * again. A recovery point that is too high would make recovery trust bytes that it must look
     * at; a log start that is too high would hide records written since.
     */
    void lower(String log, long recoveryPoint, long logStart) throws IOException;
  }
}
