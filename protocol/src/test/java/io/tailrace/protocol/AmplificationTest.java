package io.tailrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.message.ApiVersionsRequest;
import java.util.List;
import org.apache.kafka.common.protocol.types.Schema;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Frames full of the smallest elements, for every array and tagged field of every type and version:
 * what they become on the heap stays within bounds ({@link Decoding}), and takes no long time.
 */
@Timeout(120)
class AmplificationTest {
  @Test
  void frameOf64KiB() throws Exception {
    for (MessageType type : MessageType.all()) {
      for (short v = type.lowestVersion(); v <= type.highestVersion(); v++) {
        repeatAll(type, v, 64 << 10);
      }
    }
  }

  /** The same with 4 MiB. */
  @Test
  @Tag("campaign")
  void frameOf4MiB() throws Exception {
    for (MessageType type : MessageType.all()) {
      repeatAll(type, type.lowestVersion(), 4 << 20);
      repeatAll(type, type.highestVersion(), 4 << 20);
    }
  }

  private static void repeatAll(MessageType type, short version, int frameSize) {
    Schema schema = type.schemas()[version];
    List<String> paths = SchemaBytes.of(schema, Filling.repeating("", 0, "", 1)).repeatable();
    for (String path : paths) {
      repeat(type, version, path, frameSize, "", 0);
      repeat(type, version, path, frameSize, "a", 1);
      repeat(type, version, path, frameSize, "üé", 1);
    }
  }

  private static void repeat(
      MessageType type, short version, String path, int frameSize, String text, int inner) {
    Schema schema = type.schemas()[version];
    int one = size(schema, Filling.repeating(path, 1, text, inner));
    int two = size(schema, Filling.repeating(path, 2, text, inner));
    int times = Math.max(0, frameSize - one) / (two - one);
    Filling filling = Filling.repeating(path, times, text, inner);
    String what = "%s v%d, %d times %s with '%s'".formatted(type.name(), version, times, path, text);
    try {
      Decoding.of(type, version, SchemaBytes.of(schema, filling).toByteArray());
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(what, e);
    }
  }

  private static int size(Schema schema, Filling filling) {
    return SchemaBytes.of(schema, filling).toByteArray().length;
  }

  @Test
  void unknownTags() {
    byte[] frame = new byte[3 << 20];
    // No client name and version, then a million tags: 9, 1 byte long, 1.
    System.arraycopy(new byte[] {1, 1, (byte) 0xc0, (byte) 0x84, 0x3d}, 0, frame, 0, 5);
    for (int i = 5; i < frame.length - 2; i += 3) {
      frame[i] = 9;
      frame[i + 1] = 1;
    }
    Decoding decoding =
        Decoding.of(MessageType.of(ApiVersionsRequest.class), (short) 3, frame);
    assertThat(decoding.refused()).isFalse();
    assertThat(decoding.allocated()).isLessThan(1000);
  }
}
