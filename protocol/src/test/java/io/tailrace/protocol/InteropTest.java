package io.tailrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.protocol.ApiMessage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random messages of every type and version, against the classes that Kafka generates from the same
 * schemas: the same bytes for the same values, both ways.
 */
class InteropTest {
  @Test
  void allTypesAreThere() throws Exception {
    List<MessageType> types = MessageType.all();
    assertThat(types).hasSizeGreaterThan(250);
    for (MessageType type : types) {
      ApiMessage kafkas = type.newKafkaMessage();
      assertThat(type.lowestVersion()).as(type.name()).isEqualTo(kafkas.lowestSupportedVersion());
      assertThat(type.highestVersion()).as(type.name()).isEqualTo(kafkas.highestSupportedVersion());
    }
  }

  @Test
  void sameBytesAndValuesAsKafka() throws Exception {
    long seed = new Random().nextLong();
    for (int i = 0; i < 5; i++) {
      compareAll(seed + i);
    }
  }

  @Test
  @Tag("campaign")
  void sameBytesAndValuesAsKafkaForLong() throws Exception {
    long seed = new Random().nextLong();
    for (int i = 0; i < 200; i++) {
      compareAll(seed + i);
    }
  }

  private static void compareAll(long seed) throws Exception {
    for (MessageType type : MessageType.all()) {
      for (short v = type.lowestVersion(); v <= type.highestVersion(); v++) {
        Filling filling = Filling.random(seed);
        byte[] bytes = SchemaBytes.of(type.schemas()[v], filling).toByteArray();
        String what = type.name() + " v" + v + ", seed " + seed;
        try {
          compare(type, v, bytes);
        } catch (RuntimeException | AssertionError e) {
          throw new AssertionError(what + ", bytes " + HexFormat.of().formatHex(bytes), e);
        }
      }
    }
  }

  private static void compare(MessageType type, short version, byte[] bytes) {
    ApiMessage kafkas = type.readByKafka(bytes, version);
    byte[] expected = MessageType.write(kafkas, version);
    Message ours = type.read(bytes, version);
    assertThat(MessageType.write(ours, version)).as("written").isEqualTo(expected);
    MessageFields.assertSame(type.name(), ours, kafkas);
    MessageFields.assertSame(type.name(), type.read(expected, version), kafkas);
    Message copy = (Message) MessageFields.copy(ours);
    assertThat(MessageType.write(copy, version)).as("copied").isEqualTo(expected);
    assertThat(copy).hasToString(ours.toString());
    for (short other = type.lowestVersion(); other <= type.highestVersion(); other++) {
      compareOtherVersion(ours, kafkas, other);
    }
  }

  /** A field that the other version lacks is dropped or refused, as Kafka does. */
  private static void compareOtherVersion(Message ours, ApiMessage kafkas, short version) {
    byte[] expected = null;
    try {
      expected = MessageType.write(kafkas, version);
    } catch (UnsupportedVersionException | NullPointerException e) {
      // Refused: so must we.
    }
    byte[] actual = null;
    String refused = "accepted";
    try {
      actual = MessageType.write(ours, version);
    } catch (IllegalArgumentException e) {
      refused = e.getMessage();
    }
    if (!Arrays.equals(actual, expected)) {
      assertThat(actual).as("in version " + version + ": " + refused).isEqualTo(expected);
    }
  }
}
