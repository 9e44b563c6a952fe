package io.tailrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.message.ApiVersionsRequest;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.ProduceRequest;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Frames full of the smallest elements, for every array and tagged field of every type and version:
 * what they become on the heap stays within bounds ({@link Decoding}), and takes no long time.
 */
class AmplificationTest {
  /** As many as make a forgotten four-byte slot visible. */
  private static final int ELEMENTS = 500;

  private static final int NOISE = 1 << 10;

  private enum Content {
    EMPTY("", 0),
    SMALL("a", 1),
    LATIN("\u00fc\u00e9", 1),
    WIDE("\u221a".repeat(40), 2);

    final String text;
    final int inner;

    Content(String text, int inner) {
      this.text = text;
      this.inner = inner;
    }
  }

  @Test
  @Timeout(60)
  void allThatIsAllocatedIsCharged() throws Exception {
    for (MessageType type : MessageType.all()) {
      checkCharges(type, type.lowestVersion());
      checkCharges(type, type.highestVersion());
    }
  }

  private static void checkCharges(MessageType type, short version) {
    for (String path : paths(type, version)) {
      for (Content content : Content.values()) {
        byte[] bytes = repeated(type, version, path, ELEMENTS, content);
        Decoding.of(type, version, bytes);
        Decoding decoding = Decoding.of(type, version, bytes);
        String what = "%s v%d with many %s, %s".formatted(type.name(), version, path, content);
        if (decoding.refused()) {
          continue;
        }
        assertThat(decoding.allocated()).as(what).isLessThan(decoding.charged() + NOISE);
        assertThat(decoding.charged()).as(what).isLessThan(4 * decoding.allocated() + NOISE);
      }
    }
  }

  @Test
  @Timeout(60)
  void framesOf4MiB() {
    repeatAll(MessageType.of(MetadataRequest.class), 9, 4 << 20);
    repeatAll(MessageType.of(ProduceRequest.class), 9, 4 << 20);
    repeatAll(MessageType.of(FetchRequest.class), 12, 4 << 20);
    repeatAll(MessageType.of(CreateTopicsRequest.class), 5, 4 << 20);
  }

  @Test
  @Tag("campaign")
  void framesOf1MiB() throws Exception {
    for (MessageType type : MessageType.all()) {
      for (short v = type.lowestVersion(); v <= type.highestVersion(); v++) {
        repeatAll(type, v, 1 << 20);
      }
    }
  }

  private static void repeatAll(MessageType type, int version, int frameSize) {
    short v = (short) version;
    for (String path : paths(type, v)) {
      for (Content content : Content.values()) {
        int one = repeated(type, v, path, 1, content).length;
        int two = repeated(type, v, path, 2, content).length;
        int times = Math.max(0, frameSize - one) / (two - one);
        Decoding.of(type, v, repeated(type, v, path, times, content));
      }
    }
  }

  private static List<String> paths(MessageType type, short version) {
    Filling everything = Filling.repeating("", 0, "", 1);
    return SchemaBytes.of(type.schemas()[version], everything).repeatable();
  }

  private static byte[] repeated(
      MessageType type, short version, String path, int times, Content content) {
    Filling filling = Filling.repeating(path, times, content.text, content.inner);
    return SchemaBytes.of(type.schemas()[version], filling).toByteArray();
  }

  @Test
  @Timeout(60)
  void unknownTags() {
    byte[] frame = new byte[3 << 20];
    // No client name and version, then a million tags: 9, 1 byte long, 1.
    System.arraycopy(new byte[] {1, 1, (byte) 0xc0, (byte) 0x84, 0x3d}, 0, frame, 0, 5);
    for (int i = 5; i < frame.length - 2; i += 3) {
      frame[i] = 9;
      frame[i + 1] = 1;
    }
    Decoding decoding = Decoding.of(MessageType.of(ApiVersionsRequest.class), (short) 3, frame);
    assertThat(decoding.refused()).isFalse();
    assertThat(decoding.allocated()).isLessThan(1000);
  }
}
