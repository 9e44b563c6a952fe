package io.tailrace.coordinator.differential;

import io.tailrace.protocol.Message;
import io.tailrace.protocol.ProtocolReader;
import io.tailrace.protocol.ProtocolWriter;
import java.nio.ByteBuffer;

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
