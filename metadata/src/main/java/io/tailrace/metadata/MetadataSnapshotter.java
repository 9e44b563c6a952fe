package io.tailrace.metadata;

import io.tailrace.log.LogException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;

/**
 * Makes a snapshot whenever the metadata log has grown by enough, beside the controller, so that
 * the log stays about as long as what it says. {@link #committed} is called by the controller's
 * thread only.
 *
 * <p>None is made while a deleted topic has left something on a disk: the log's record of the
 * deletion is what the next start knows it by. One that fails is tried again when the log has grown
 * by as much again: nothing depends on it.
 */
final class MetadataSnapshotter {
  private static final Logger LOG = System.getLogger(MetadataSnapshotter.class.getName());

  private final MetadataLog log;
  private final AppliedDeletions deletions;
  private final Executor executor;

  /** What {@link MetadataLog#bytesSeen} must have reached; the largest while one is made. */
  private volatile long dueAt;

  MetadataSnapshotter(MetadataLog log, AppliedDeletions deletions, Executor executor) {
    this.log = log;
    this.deletions = deletions;
    this.executor = executor;
    this.dueAt = log.bytesUntilSnapshot();
  }

  /** The image holds all that is in the log. */
  void committed(ClusterImage image) {
    long bytes = log.bytesSeen();
    if (bytes >= dueAt) {
      dueAt = Long.MAX_VALUE;
      long timestamp = log.lastTimestamp();
      executor.execute(() -> dueAt = bytes + make(image, timestamp));
    }
  }

  /** Gives how many bytes later the next one is due. */
  private long make(ClusterImage image, long timestamp) {
    int least = log.settings().snapshotBytes();
    try {
      return deletions.areDurable() ? Math.max(least, log.snapshot(image, timestamp)) : least;
    } catch (IOException | LogException e) {
      LOG.log(Level.WARNING, "no snapshot of the metadata: {0}", e.getMessage());
      return least;
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a defect in Tailrace: no snapshot of the metadata", e);
      return least;
    }
  }
}
