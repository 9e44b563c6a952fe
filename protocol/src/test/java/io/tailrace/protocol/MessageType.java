package io.tailrace.protocol;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.types.Schema;

/** A generated message beside the class that Kafka generates from the same schema. */
record MessageType(
    Class<? extends Message> ours,
    Class<? extends ApiMessage> kafkas,
    Schema[] schemas,
    short lowestVersion,
    short highestVersion) {
  private static final List<String> KAFKA_NAMES =
      List.of(
          "org.apache.kafka.common.message.%sData",
          "org.apache.kafka.common.message.%s",
          "org.apache.kafka.common.metadata.%s",
          "org.apache.kafka.coordinator.group.generated.%s",
          "org.apache.kafka.coordinator.transaction.generated.%s");

  /** Every message we generate. */
  static List<MessageType> all() throws Exception {
    Path folder = Path.of(Message.class.getResource("message").toURI());
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString().replace(".class", ""))
          .filter(name -> !name.contains("$") && !name.equals("package-info"))
          .sorted()
          .map(MessageType::named)
          .toList();
    }
  }

  static MessageType of(Class<? extends Message> message) {
    return named(message.getSimpleName());
  }

  private static MessageType named(String name) {
    try {
      Class<? extends Message> ours =
          Class.forName("io.tailrace.protocol.message." + name).asSubclass(Message.class);
      Class<? extends ApiMessage> kafkas = kafkaClass(name);
      return new MessageType(
          ours,
          kafkas,
          (Schema[]) kafkas.getField("SCHEMAS").get(null),
          ours.getField("LOWEST_VERSION").getShort(null),
          ours.getField("HIGHEST_VERSION").getShort(null));
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(name, e);
    }
  }

  private static Class<? extends ApiMessage> kafkaClass(String name) {
    for (String pattern : KAFKA_NAMES) {
      try {
        return Class.forName(pattern.formatted(name)).asSubclass(ApiMessage.class);
      } catch (ClassNotFoundException e) {
        // Not in this package.
      }
    }
    throw new AssertionError("Kafka has no class for " + name);
  }

  String name() {
    return ours.getSimpleName();
  }

  boolean isRequest() {
    return name().endsWith("Request");
  }

  Message newMessage() {
    return newInstance(ours);
  }

  ApiMessage newKafkaMessage() {
    return newInstance(kafkas);
  }

  static <T> T newInstance(Class<T> type) {
    try {
      return type.getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  /** Reads all of the bytes. */
  Message read(byte[] bytes, short version) {
    Message message = newMessage();
    ProtocolReader in = new ProtocolReader(ByteBuffer.wrap(bytes));
    message.read(in, version);
    if (in.remaining() > 0) {
      throw new AssertionError(in.remaining() + " bytes left over");
    }
    return message;
  }

  /** Kafka's reading of all of the bytes. */
  ApiMessage readByKafka(byte[] bytes, short version) {
    ApiMessage message = newKafkaMessage();
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    message.read(new ByteBufferAccessor(buffer), version);
    if (buffer.hasRemaining()) {
      throw new AssertionError(buffer.remaining() + " bytes left over by Kafka");
    }
    return message;
  }

  static byte[] write(Message message, short version) {
    ProtocolWriter out = new ProtocolWriter();
    message.write(out, version);
    byte[] bytes = new byte[out.size()];
    out.buffer().get(bytes);
    return bytes;
  }

  static byte[] write(ApiMessage message, short version) {
    ObjectSerializationCache cache = new ObjectSerializationCache();
    ByteBuffer buffer = ByteBuffer.allocate(message.size(cache, version));
    message.write(new ByteBufferAccessor(buffer), cache, version);
    return buffer.array();
  }
}
