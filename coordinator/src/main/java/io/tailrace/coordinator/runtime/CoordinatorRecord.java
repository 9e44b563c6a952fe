package io.tailrace.coordinator.runtime;

import io.tailrace.protocol.Message;
import org.jspecify.annotations.Nullable;

/**
 * One change of a coordinator's state, as it stands in its log. The messages are not changed once
 * they are in here.
 *
 * @param value null for a tombstone: what the key names is gone
 * @param valueVersion in which version of its schema the value is written
 */
public record CoordinatorRecord(Message key, @Nullable Message value, short valueVersion) {

  public static CoordinatorRecord tombstone(Message key) {
    return new CoordinatorRecord(key, null, (short) 0);
  }
}
