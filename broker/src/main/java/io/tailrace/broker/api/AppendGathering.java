package io.tailrace.broker.api;

import io.tailrace.broker.partition.Partition;
import io.tailrace.env.Clock;
import io.tailrace.log.AppendBatch;
import io.tailrace.log.LogException;
import io.tailrace.protocol.ErrorCode;
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
    for (Map.Entry<Partition, List<PendingAppend>> entry : byPartition.entrySet()) {
      List<PendingAppend> appends = entry.getValue();
      append(entry.getKey(), appends, wallMs);
      appends.clear();
      spare.add(appends);
    }
    byPartition.clear();
  }

  private void append(Partition partition, List<PendingAppend> appends, long wallMs) {
    int count = appends.size();
    if (batches.length < count) {
      batches = new AppendBatch[count * 2];
    }
    for (int i = 0; i < count; i++) {
      batches[i] = appends.get(i).batch();
    }
    try {
      if (partition.isDeleted()) {
        failAll(appends, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, null);
      } else if (partition.append(batches, count, wallMs)) {
        completeAll(partition, appends, null);
      } else {
        completeWhenDurable(partition, List.copyOf(appends));
      }
    } catch (LogException e) {
      failAll(appends, LogErrors.code(e), e.getMessage());
    } finally {
      Arrays.fill(batches, 0, count, null);
    }
  }

  /** Several connections may have contributed: each is answered on this, their common loop. */
  private static void completeWhenDurable(Partition partition, List<PendingAppend> appends)
      throws LogException {
    var loop = appends.getFirst().owner().request().loop();
    partition.whenDurable(failure -> loop.execute(() -> completeAll(partition, appends, failure)));
  }

  private static void completeAll(
      Partition partition, List<PendingAppend> appends, @Nullable LogException failure) {
    if (failure != null) {
      failAll(appends, LogErrors.code(failure), failure.getMessage());
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
