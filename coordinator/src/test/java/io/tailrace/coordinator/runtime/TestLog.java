package io.tailrace.coordinator.runtime;

import io.tailrace.protocol.ErrorCode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A coordinator's log in memory. Appends can be made to fail, commits can be held back, it can be
 * compacted, and what was written can be read again by any number of shards. For one thread.
 */
public final class TestLog implements CoordinatorLog {
  /** What stands at one offset. */
  public sealed interface Item {}

  /**
   * @param producerId −1 outside a transaction
   */
  public record Written(long producerId, byte[] key, byte[] value) implements Item {}

  public record TransactionEnd(long producerId, boolean committed) implements Item {}

  /** By offset; null where compaction has taken one away. */
  private final List<@Nullable Item> items = new ArrayList<>();

  /** Offsets at which the shard's batches begin. */
  private final List<Integer> batches = new ArrayList<>();

  private final List<CommitListener> held = new ArrayList<>();
  private boolean holding;
  private int taken;
  private ErrorCode failure = ErrorCode.NONE;
  private int untilFailure;
  private int failuresLeft;
  private int refusals;

  /**
   * Lets one append fail, and all others succeed.
   *
   * @param k 1 for the next append; 0 if all succeed
   */
  public void failAppend(int k, ErrorCode code) {
    failure = code;
    untilFailure = k - 1;
    failuresLeft = k > 0 ? 1 : 0;
  }

  /** The next so many appends fail. */
  public void refuse(int appends) {
    failAppend(1, ErrorCode.COORDINATOR_NOT_AVAILABLE);
    failuresLeft = appends;
  }

  /** What all appends fail with from now on; NONE if they don't. */
  public void refuse(ErrorCode error) {
    failAppend(1, error);
    failuresLeft = error == ErrorCode.NONE ? 0 : Integer.MAX_VALUE;
  }

  /** How many appends have failed. */
  public int refusals() {
    return refusals;
  }

  @Override
  public long append(List<Entry> entries, long wallMs) {
    if (failuresLeft > 0 && untilFailure-- <= 0) {
      failuresLeft--;
      refusals++;
      throw new CoordinatorException(failure, "the test made this append fail");
    }
    batches.add(items.size());
    return write(-1, entries);
  }

  /** Writes what belongs to a transaction, as another than the shard does. */
  public long appendInTransaction(long producerId, List<Entry> entries) {
    return write(producerId, entries);
  }

  public void endTransaction(long producerId, boolean committed) {
    items.add(new TransactionEnd(producerId, committed));
  }

  private long write(long producerId, List<Entry> entries) {
    long first = items.size();
    for (Entry entry : entries) {
      items.add(new Written(producerId, entry.key(), entry.value()));
    }
    return first;
  }

  /** From now on nothing counts as committed. */
  public void holdCommits() {
    holding = true;
  }

  /**
   * Tells all who wait for a commit, and holds none back any more.
   *
   * @param error NONE if it went well
   */
  public void releaseCommits(ErrorCode error) {
    holding = false;
    List<CommitListener> told = List.copyOf(held);
    held.clear();
    told.forEach(listener -> listener.committed(error));
  }

  @Override
  public boolean isCommitted() {
    return !holding;
  }

  @Override
  public void whenCommitted(CommitListener listener) {
    if (holding) {
      held.add(listener);
    } else {
      listener.committed(ErrorCode.NONE);
    }
  }

  @Override
  public void readAll(Visitor visitor) {
    readFrom(0, visitor);
  }

  public void readFrom(int from, Visitor visitor) {
    for (int offset = from; offset < items.size(); offset++) {
      switch (items.get(offset)) {
        case Written(long producerId, byte[] key, byte[] value) ->
            visitor.record(
                offset,
                producerId,
                ByteBuffer.wrap(key),
                value == null ? null : ByteBuffer.wrap(value));
        case TransactionEnd(long producerId, boolean committed) ->
            visitor.endOfTransaction(producerId, committed);
        case null -> {
          // compacted
        }
      }
    }
  }

  /**
   * Leaves the last record of each key.
   *
   * @param dirty so many batches at the end stay as they are
   */
  public void compact(int dirty, boolean dropTombstones) {
    int clean = dirty == 0 ? items.size() : batches.get(Math.max(0, batches.size() - dirty));
    Map<ByteBuffer, Integer> last = new HashMap<>();
    for (int offset = 0; offset < clean; offset++) {
      if (items.get(offset) instanceof Written written) {
        Integer before = last.put(ByteBuffer.wrap(written.key()), offset);
        if (before != null) {
          items.set(before, null);
        }
        if (dropTombstones && written.value() == null) {
          items.set(offset, null);
        }
      }
    }
  }

  /** Puts other bytes in the place of a record. */
  public void overwrite(long offset, byte[] key, byte[] value) {
    items.set((int) offset, new Written(-1, key, value));
  }

  /** By offset; to be read only. */
  public List<@Nullable Item> items() {
    return items;
  }

  /** Entries that were written since the last call. */
  public List<Entry> takeAdded() {
    List<Entry> added = new ArrayList<>();
    for (; taken < items.size(); taken++) {
      if (items.get(taken) instanceof Written written) {
        added.add(new Entry(written.key(), written.value()));
      }
    }
    return added;
  }

  public int endOffset() {
    return items.size();
  }

  /** How many batches the shard has written. */
  public int batches() {
    return batches.size();
  }
}
