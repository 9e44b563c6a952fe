package io.tailrace.coordinator.runtime;

import io.tailrace.protocol.ErrorCode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A coordinator's log in memory. An append can be made to fail, commits can be held back, and what
 * was written can be read again by any number of shards. For one thread.
 */
public final class TestLog implements CoordinatorLog {
  /** What stands at one offset. */
  public sealed interface Item {}

  /**
   * @param producerId −1 outside a transaction
   */
  public record Written(long producerId, byte[] key, byte[] value) implements Item {}

  public record TransactionEnd(long producerId, boolean committed) implements Item {}

  private final List<Item> items = new ArrayList<>();
  private final List<CommitListener> held = new ArrayList<>();
  private boolean holding;
  private int appends;
  private int appendsUntilFailure;
  private ErrorCode failure = ErrorCode.NONE;

  /**
   * Lets one append fail, and all others succeed.
   *
   * @param k 1 for the next append
   */
  public void failAppend(int k, ErrorCode code) {
    appendsUntilFailure = k;
    failure = code;
  }

  @Override
  public long append(List<Entry> entries, long wallMs) {
    if (appendsUntilFailure > 0 && --appendsUntilFailure == 0) {
      throw new CoordinatorException(failure, "the test made this append fail");
    }
    appends++;
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
  public void whenCommitted(CommitListener listener) {
    if (holding) {
      held.add(listener);
    } else {
      listener.committed(ErrorCode.NONE);
    }
  }

  @Override
  public void readAll(Visitor visitor) {
    for (int offset = 0; offset < items.size(); offset++) {
      switch (items.get(offset)) {
        case Written(long producerId, byte[] key, byte[] value) ->
            visitor.record(
                offset,
                producerId,
                ByteBuffer.wrap(key),
                value == null ? null : ByteBuffer.wrap(value));
        case TransactionEnd(long producerId, boolean committed) ->
            visitor.endOfTransaction(producerId, committed);
      }
    }
  }

  /** Puts other bytes in the place of a record. */
  public void overwrite(long offset, byte[] key, byte[] value) {
    items.set((int) offset, new Written(-1, key, value));
  }

  /** By offset; to be read only. */
  public List<Item> items() {
    return items;
  }

  public long endOffset() {
    return items.size();
  }

  /** How many batches the shard has written. */
  public int appends() {
    return appends;
  }
}
