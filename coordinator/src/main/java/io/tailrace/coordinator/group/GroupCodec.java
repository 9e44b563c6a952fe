package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorCodec;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.protocol.MalformedMessageException;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.ProtocolReader;
import io.tailrace.protocol.ProtocolWriter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Kafka's formats of the records in {@code __consumer_offsets}. For one thread at a time. */
public final class GroupCodec implements CoordinatorCodec {
  private static final short KEY_VERSION = 0;

  private final ProtocolWriter writer = new ProtocolWriter();
  private final ProtocolReader in = new ProtocolReader(ByteBuffer.allocate(0));

  @Override
  public byte[] key(CoordinatorRecord record) {
    return bytes(GroupRecordType.of(record.key()).id(), record.key(), KEY_VERSION);
  }

  @Override
  public byte @Nullable [] value(CoordinatorRecord record) {
    Message value = record.value();
    return value == null ? null : bytes(record.valueVersion(), value, record.valueVersion());
  }

  private byte[] bytes(short head, Message message, short version) {
    writer.reset();
    writer.writeShort(head);
    message.write(writer, version);
    byte[] bytes = new byte[writer.size()];
    writer.buffer().get(bytes);
    return bytes;
  }

  @Override
  public @Nullable CoordinatorRecord decode(ByteBuffer key, @Nullable ByteBuffer value) {
    in.reset(key);
    GroupRecordType type = GroupRecordType.forId(in.readShort());
    if (type == null) {
      return null;
    }
    Message keyMessage = type.newKey();
    keyMessage.read(in, KEY_VERSION);
    checkEnd(type, "key");
    if (value == null) {
      return CoordinatorRecord.tombstone(keyMessage);
    }
    in.reset(value);
    short version = in.readShort();
    if (version < 0 || version > type.highestVersion()) {
      throw new MalformedMessageException(
          "a value of %s has version %d, known are 0 to %d"
              .formatted(type, version, type.highestVersion()));
    }
    Message valueMessage = type.newValue();
    valueMessage.read(in, version);
    checkEnd(type, "value");
    return new CoordinatorRecord(keyMessage, valueMessage, version);
  }

  private void checkEnd(GroupRecordType type, String part) {
    if (in.remaining() > 0) {
      throw new MalformedMessageException(
          "%d bytes follow the %s of a %s record".formatted(in.remaining(), part, type));
    }
  }
}
