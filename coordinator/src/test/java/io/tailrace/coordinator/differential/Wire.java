package io.tailrace.coordinator.differential;

import io.tailrace.protocol.MalformedMessageException;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.ProtocolReader;
import io.tailrace.protocol.ProtocolWriter;
import io.tailrace.protocol.message.ConsumerProtocolAssignment;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Messages as bytes. */
final class Wire {
  private Wire() {}

  static byte[] write(Message message, short version) {
    ProtocolWriter writer = new ProtocolWriter();
    message.write(writer, version);
    byte[] bytes = new byte[writer.size()];
    writer.buffer().get(bytes);
    return bytes;
  }

  /** As consumers write what the classic protocol does not look into: with the version before. */
  static byte[] versioned(Message message, short version) {
    byte[] body = write(message, version);
    byte[] all = new byte[body.length + 2];
    all[1] = (byte) version;
    System.arraycopy(body, 0, all, 2, body.length);
    return all;
  }

  /** Of {@link #versioned}; null if it is none. */
  static ConsumerProtocolAssignment assignment(byte[] bytes) {
    if (bytes.length < 2 || bytes[0] != 0 || bytes[1] > 3) {
      return null;
    }
    try {
      byte[] body = Arrays.copyOfRange(bytes, 2, bytes.length);
      return read(new ConsumerProtocolAssignment(), body, bytes[1]);
    } catch (MalformedMessageException | IllegalStateException e) {
      return null;
    }
  }

  static <M extends Message> M read(M message, byte[] bytes, short version) {
    ProtocolReader reader = new ProtocolReader(ByteBuffer.wrap(bytes));
    message.read(reader, version);
    if (reader.remaining() > 0) {
      throw new IllegalStateException(
          "%d bytes follow %s v%d".formatted(reader.remaining(), message, version));
    }
    return message;
  }
}
