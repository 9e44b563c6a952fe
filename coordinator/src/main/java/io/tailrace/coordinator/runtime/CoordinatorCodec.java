package io.tailrace.coordinator.runtime;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * How a coordinator's records lie in the log: both key and value begin with two bytes, of the key
 * the kind of record, of the value the version of its schema.
 */
public interface CoordinatorCodec {

  byte[] key(CoordinatorRecord record);

  /** Null for a tombstone. */
  byte @Nullable [] value(CoordinatorRecord record);

  /**
   * @return null for a kind of record that is not known here, which a newer version has written
   * @throws io.tailrace.protocol.MalformedMessageException if the bytes are not such a record
   */
  @Nullable CoordinatorRecord decode(ByteBuffer key, @Nullable ByteBuffer value);
}
