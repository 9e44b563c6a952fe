package io.tailrace.broker.api;

import io.tailrace.broker.partition.Partition;
import io.tailrace.env.Clock;
import io.tailrace.log.AppendBatch;
import io.tailrace.log.LogException;
import io.tailrace.protocol.ErrorCode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The batches that arrived in one turn of an event loop, by partition, in order of arrival. {@link
 * #flush} appends those of each partition with one call, hence one write: with 1 KB batches that
 * costs a quarter of a write each. Used only on its event loop.
 */
final class AppendGathering {
  private static final Logger LOG = System.getLogger(AppendGathering.class.getName());

  private final Clock clock;
  private final Map<Partition, List<PendingAppend>> byPartition = new IdentityHashMap<>();
  private final List<List<PendingAppend>> spare = new ArrayList<>();
  private AppendBatch[] batches = new AppendBatch[16];

  AppendGathering(Clock clock) {
    this.clock = clock;
  }

  void add(Partition partition, PendingAppend append) {
    List<PendingAppend> appends = byPartition.get(partition);
    if (appends == null) {
      appends = spare.isEmpty() ? new ArrayList<>() : spare.removeLast();
      byPartition.put(partition, appends);
    }
    appends.add(append);
  }

  void flush() {
    if (byPartition.isEmpty()) {
      return;
    }
    long wallMs = clock.wallMs();
    try {
      for (Map.Entry<Partition, List<PendingAppend>> entry : byPartition.entrySet()) {
        append(entry.getKey(), entry.getValue(), wallMs);
      }
    } finally {
      // Also after a defect: these buffers are gone by the next turn.
      for (List<PendingAppend> appends : byPartition.values()) {
        appends.clear();
        spare.add(appends);
      }
      byPartition.clear();
    }
  }

  private void append(Partition partition, List<PendingAppend> appends, long wallMs) {
    int count = appends.size();
    if (batches.length < count) {
      batches = new AppendBatch[count * 2];
    }
    for (int i = 0; i < count; i++) {
      batches[i] = appends.get(i).batch();
    }
    boolean durable;
    try {
      durable = partition.append(batches, count, wallMs);
    } catch (LogException e) {
      failAll(appends, failure(partition, e), e.getMessage());
      return;
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a defect in Tailrace: appending to " + partition + " failed", e);
      failAll(appends, ErrorCode.UNKNOWN_SERVER_ERROR, null);
      return;
    } finally {
      Arrays.fill(batches, 0, count, null);
    }
    if (durable) {
      completeAll(partition, appends, null);
    } else {
      completeWhenDurable(partition, List.copyOf(appends));
    }
  }

  /** A log fails when its topic is deleted beside it; that is not the disk's fault. */
  private static ErrorCode failure(Partition partition, LogException e) {
    return partition.isDeleted() ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : LogErrors.code(e);
  }

  /** Several connections may have contributed: each is answered on this, their common loop. */
  private static void completeWhenDurable(Partition partition, List<PendingAppend> appends) {
    var loop = appends.getFirst().owner().request().loop();
    partition.whenDurable(failure -> loop.execute(() -> completeAll(partition, appends, failure)));
  }

  private static void completeAll(
      Partition partition, List<PendingAppend> appends, @Nullable LogException failure) {
    if (failure != null) {
      failAll(appends, failure(partition, failure), failure.getMessage());
      return;
    }
    long logStartOffset = partition.logStartOffset();
    for (int i = 0; i < appends.size(); i++) {
      PendingAppend append = appends.get(i);
      ErrorCode error = LogErrors.code(append.batch().outcome());
      if (error == ErrorCode.NONE) {
        append.succeed(logStartOffset);
      } else {
        append.fail(error, null);
      }
    }
  }

  private static void failAll(
      List<PendingAppend> appends, ErrorCode error, @Nullable String message) {
    for (PendingAppend append : appends) {
      append.fail(error, message);
    }
  }
}
