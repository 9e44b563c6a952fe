package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorLog;
import io.tailrace.protocol.ErrorCode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A log in memory that may be told to refuse appends, and may be compacted. */
final class ConsumerTestLog implements CoordinatorLog {
  private List<List<Entry>> batches = new ArrayList<>();
  private final List<Entry> added = new ArrayList<>();
  private int refusals;

  /** The next so many appends fail. */
  void refuse(int appends) {
    refusals = appends;
  }

  int batches() {
    return batches.size();
  }

  @Override
  public long append(List<Entry> batch, long wallMs) {
    if (refusals > 0) {
      refusals--;
      throw new CoordinatorException(ErrorCode.COORDINATOR_NOT_AVAILABLE, "refused");
    }
    batches.add(List.copyOf(batch));
    added.addAll(batch);
    return 0;
  }

  /** What was appended since the last call. */
  List<Entry> takeAdded() {
    List<Entry> taken = List.copyOf(added);
    added.clear();
    return taken;
  }

  @Override
  public void whenCommitted(CommitListener listener) {
    listener.committed(ErrorCode.NONE);
  }

  @Override
  public void readAll(Visitor visitor) {
    for (List<Entry> batch : batches) {
      for (Entry entry : batch) {
        visitor.record(
            0,
            -1,
            ByteBuffer.wrap(entry.key()),
            entry.value() == null ? null : ByteBuffer.wrap(entry.value()));
      }
    }
  }

  /**
   * Leaves the last entry of each key.
   *
   * @param dirty so many batches at the end stay as they are
   */
  void compact(int dirty, boolean dropTombstones) {
    int clean = Math.max(0, batches.size() - dirty);
    Map<ByteBuffer, Entry> last = new LinkedHashMap<>();
    for (List<Entry> batch : batches.subList(0, clean)) {
      for (Entry entry : batch) {
        ByteBuffer key = ByteBuffer.wrap(entry.key());
        last.remove(key);
        last.put(key, entry);
      }
    }
    List<Entry> left = new ArrayList<>(last.values());
    if (dropTombstones) {
      left.removeIf(entry -> entry.value() == null);
    }
    List<List<Entry>> compacted = new ArrayList<>();
    compacted.add(left);
    compacted.addAll(batches.subList(clean, batches.size()));
    batches = compacted;
  }
}
