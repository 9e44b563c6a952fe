package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorLog;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.GroupMetadataKey;
import io.tailrace.protocol.message.GroupMetadataValue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A log in memory that can refuse to be appended to. */
final class ClassicLog implements CoordinatorLog {
  private final List<Entry> entries = new ArrayList<>();
  private ErrorCode refusal = ErrorCode.NONE;
  private int refusals;

  /** What the next appends fail with; NONE if they don't. */
  void refuse(ErrorCode error) {
    refusal = error;
  }

  @Override
  public long append(List<Entry> batch, long wallMs) {
    if (refusal != ErrorCode.NONE) {
      refusals++;
      throw new CoordinatorException(refusal, "the test says so");
    }
    long offset = entries.size();
    entries.addAll(batch);
    return offset;
  }

  @Override
  public void whenCommitted(CommitListener listener) {
    listener.committed(ErrorCode.NONE);
  }

  /** How many appends have failed. */
  int refusals() {
    return refusals;
  }

  @Override
  public void readAll(Visitor visitor) {
    readFrom(0, visitor);
  }

  void readFrom(int offset, Visitor visitor) {
    for (int i = offset; i < entries.size(); i++) {
      byte[] value = entries.get(i).value();
      visitor.record(
          i,
          -1,
          ByteBuffer.wrap(entries.get(i).key()),
          value == null ? null : ByteBuffer.wrap(value));
    }
  }

  int size() {
    return entries.size();
  }

  /** What the log has of a group, in order; null for a tombstone. */
  List<GroupMetadataValue> recordsOf(String groupId) {
    List<GroupMetadataValue> found = new ArrayList<>();
    readAll(
        new Visitor() {
          @Override
          public void record(long offset, long producerId, ByteBuffer key, ByteBuffer value) {
            CoordinatorRecord record = new GroupCodec().decode(key, value);
            if (record != null
                && record.key() instanceof GroupMetadataKey metadata
                && metadata.group().equals(groupId)) {
              found.add((GroupMetadataValue) record.value());
            }
          }

          @Override
          public void endOfTransaction(long producerId, boolean committed) {}
        });
    return found;
  }
}
