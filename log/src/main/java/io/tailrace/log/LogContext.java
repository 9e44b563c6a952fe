package io.tailrace.log;

import io.tailrace.env.Disk;
import io.tailrace.env.Randomness;
import java.io.IOException;
import java.nio.file.Path;
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

  /**
   * Makes the names of a log's files durable, and that of its folder, which was made without a
   * sync: whoever has synced a segment's first bytes has to call this.
   */
  void syncNames(Path directory) throws IOException {
    disk.syncDirectory(directory);
    Path root = directory.getParent();
    if (root != null) {
      disk.syncDirectory(root);
    }
  }

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
