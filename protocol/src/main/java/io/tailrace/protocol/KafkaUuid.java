package io.tailrace.protocol;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.UUID;

/** Kafka's text form of an id: its 16 bytes in URL-safe base64 without padding, 22 characters. */
public final class KafkaUuid {
  private static final int TEXT_LENGTH = 22;

  private KafkaUuid() {}

  public static String toText(UUID id) {
    ByteBuffer bytes = ByteBuffer.allocate(16);
    bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  /**
   * @throws IllegalArgumentException if the text is not an id in this form
   */
  public static UUID parse(String text) {
    if (text.length() != TEXT_LENGTH) {
      throw new IllegalArgumentException(
          "An id has " + TEXT_LENGTH + " characters of URL-safe base64, this has " + text.length());
    }
    ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
    return new UUID(bytes.getLong(), bytes.getLong());
  }
}
