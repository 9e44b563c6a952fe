package io.tailrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.SchemaBytes.Encoding;
import io.tailrace.protocol.SchemaBytes.Mark;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.types.Schema;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Messages of every type and version with every length, count, varint and tag changed. They are
 * refused, or read as Kafka reads them.
 */
class HostileBytesTest {
  private static final List<String> LONG_VARINTS =
      List.of("8180808000", "808080808001", "ffffffff0f", "ffffffff7f", "ffffffffffffffffff01");

  /** Larger messages have more of the same, and every change copies them. */
  private static final int MAX_BYTES = 2048;

  @Test
  @Timeout(60)
  void changedLengths() throws Exception {
    changeAll(new Random().nextLong());
  }

  @Test
  @Tag("campaign")
  void changedLengthsForLong() throws Exception {
    long seed = new Random().nextLong();
    for (int i = 0; i < 50; i++) {
      changeAll(seed + i);
    }
  }

  private static void changeAll(long seed) throws Exception {
    for (MessageType type : MessageType.all()) {
      for (short v = type.lowestVersion(); v <= type.highestVersion(); v++) {
        SchemaBytes message = small(type.schemas()[v], seed);
        byte[] bytes = message.toByteArray();
        for (int length = 0; length < bytes.length; length++) {
          byte[] prefix = Arrays.copyOf(bytes, length);
          assertThat(check(type, v, prefix, seed).refused()).as(type.name() + " v" + v).isTrue();
        }
        for (Mark mark : message.marks()) {
          for (byte[] changed : changes(bytes, mark)) {
            check(type, v, changed, seed);
          }
        }
      }
    }
  }

  private static SchemaBytes small(Schema schema, long seed) {
    SchemaBytes message;
    long next = seed;
    do {
      message = SchemaBytes.of(schema, Filling.random(next++));
    } while (message.toByteArray().length > MAX_BYTES);
    return message;
  }

  private static List<byte[]> changes(byte[] bytes, Mark mark) {
    int remaining = bytes.length - mark.position() - mark.size();
    int[] values = {
      Integer.MIN_VALUE, -2, -1, 0, 1, 2, remaining, remaining + 1, remaining + 2, 0x7FFF_FFFF
    };
    List<byte[]> changes = new ArrayList<>();
    for (int value : values) {
      changes.add(replaced(bytes, mark, SchemaBytes.encode(mark.encoding(), value)));
    }
    if (mark.encoding() == Encoding.VARINT) {
      for (String varint : LONG_VARINTS) {
        changes.add(replaced(bytes, mark, HexFormat.of().parseHex(varint)));
      }
    }
    return changes;
  }

  private static byte[] replaced(byte[] bytes, Mark mark, byte[] replacement) {
    int end = mark.position() + mark.size();
    ByteBuffer changed = ByteBuffer.allocate(bytes.length - mark.size() + replacement.length);
    changed.put(bytes, 0, mark.position()).put(replacement);
    return changed.put(bytes, end, bytes.length - end).array();
  }

  private static Decoding check(MessageType type, short version, byte[] bytes, long seed) {
    try {
      Decoding decoding = Decoding.of(type, version, bytes);
      if (!decoding.refused()) {
        compareWithKafka(type, version, bytes, decoding);
      }
      return decoding;
    } catch (RuntimeException | AssertionError e) {
      String hex = HexFormat.of().formatHex(bytes);
      throw new AssertionError(type.name() + " v" + version + ", seed " + seed + ", " + hex, e);
    }
  }

  private static void compareWithKafka(
      MessageType type, short version, byte[] bytes, Decoding decoding) {
    ApiMessage kafkas = type.newKafkaMessage();
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    try {
      kafkas.read(new ByteBufferAccessor(buffer), version);
    } catch (RuntimeException e) {
      // We take the tag of a field that does not exist yet for an unknown one.
      assertThat(e).hasMessageContaining("is not valid for version");
      return;
    }
    assertThat(decoding.remaining()).isEqualTo(buffer.remaining());
    MessageFields.assertSame(type.name(), decoding.message(), kafkas);
  }
}
