package io.tailrace.log;

import io.tailrace.env.Disk;
import io.tailrace.env.Randomness;
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
    LogCheckpoints checkpoints,
    DelayedDeletion deletions) {}
