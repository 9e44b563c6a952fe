package io.tailrace.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A header of a record (KIP-82). The key is UTF-8 by contract, and not checked. */
public record RecordHeader(ByteBuffer key, @Nullable ByteBuffer value) {
  public static RecordHeader of(String key, byte @Nullable [] value) {
    return new RecordHeader(
        StandardCharsets.UTF_8.encode(key), value == null ? null : ByteBuffer.wrap(value));
  }

  public String keyText() {
    return StandardCharsets.UTF_8.decode(key.duplicate()).toString();
  }
}
