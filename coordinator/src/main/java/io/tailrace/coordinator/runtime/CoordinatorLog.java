package io.tailrace.coordinator.runtime;

import io.tailrace.protocol.ErrorCode;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The partition of the internal topic that a shard's records go to. For one thread at a time. */
public interface CoordinatorLog {

  /** A record as it is written. */
  record Entry(byte[] key, byte @Nullable [] value) {}

  /** Told of what is read, in order. */
  interface Visitor {
    /**
     * @param producerId of the transaction that wrote it; −1 outside one
     */
    void record(long offset, long producerId, ByteBuffer key, @Nullable ByteBuffer value);

    void endOfTransaction(long producerId, boolean committed);
  }

  /** Told once, on any thread. */
  interface CommitListener {
    void committed(ErrorCode error);
  }

  /**
   * Appends entries as one batch, wholly or not at all.
   *
   * @return the offset of the first
   * @throws CoordinatorException if nothing was appended
   */
  long append(List<Entry> entries, long wallMs);

  /** Whether all that has been appended is committed. */
  boolean isCommitted();

  /**
   * Calls back once all that has been appended is committed: at once, on this thread, unless the
   * log promises more than the page cache.
   */
  void whenCommitted(CommitListener listener);

  /**
   * Reads all of the log.
   *
   * @throws CoordinatorException if it can't be read; the message says where and why
   */
  void readAll(Visitor visitor);
}
