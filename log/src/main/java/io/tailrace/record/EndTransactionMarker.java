package io.tailrace.record;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The control record that ends a producer's transaction in a partition (KIP-98). All numbers are
 * big-endian.
 *
 * <pre>
 *   key:   int16 version (0), int16 type (0: abort, 1: commit; others are not ours)
 *   value: int16 version (0), int32 epoch of the transaction coordinator
 * </pre>
 */
public record EndTransactionMarker(boolean commit, int coordinatorEpoch) {
  private static final short VERSION = 0;
  private static final short ABORT = 0;
  private static final short COMMIT = 1;
  private static final int KEY_SIZE = 4;
  private static final int VALUE_SIZE = 6;

  /** The marker in a control record; null if the record is of another type. */
  public static @Nullable EndTransactionMarker read(
      @Nullable ByteBuffer key, @Nullable ByteBuffer value) {
    if (key == null || key.remaining() < KEY_SIZE) {
      return null;
    }
    short type = key.getShort(key.position() + Short.BYTES);
    if ((type != ABORT && type != COMMIT) || value == null || value.remaining() < VALUE_SIZE) {
      return null;
    }
    return new EndTransactionMarker(type == COMMIT, value.getInt(value.position() + Short.BYTES));
  }

  public ByteBuffer key() {
    return ByteBuffer.allocate(KEY_SIZE).putShort(VERSION).putShort(commit ? COMMIT : ABORT).flip();
  }

  public ByteBuffer value() {
    return ByteBuffer.allocate(VALUE_SIZE).putShort(VERSION).putInt(coordinatorEpoch).flip();
  }
}
