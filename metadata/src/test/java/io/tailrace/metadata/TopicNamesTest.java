package io.tailrace.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.apache.kafka.common.internals.Topic;
import org.junit.jupiter.api.Test;

class TopicNamesTest {

  @Test
  void agreesWithKafkaOnRandomNames() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String alphabet = "abzAZ09._-/\\ \u0000\u001f\u007f\u00e4\u0660\u4e2d\ud83d%:'\"";
    int invalid = 0;
    for (int i = 0; i < 200_000; i++) {
      int length = random.nextInt(10) == 0 ? 240 + random.nextInt(20) : random.nextInt(6);
      int legalOnly = random.nextInt(2);
      StringBuilder name = new StringBuilder();
      for (int c = 0; c < length; c++) {
        name.append(alphabet.charAt(random.nextInt(legalOnly == 0 ? 9 : alphabet.length())));
      }
      boolean valid = TopicNames.invalidReason(name.toString()) == null;
      assertThat(valid).as("seed %d: '%s'", seed, name).isEqualTo(Topic.isValid(name.toString()));
      invalid += valid ? 0 : 1;
    }
    assertThat(invalid).isBetween(20_000, 180_000);
  }

  @Test
  void reasonsNeverRepeatControlCharacters() {
    for (String name : new String[] {"a\nb", "\u001b[31m", "../x", "a".repeat(250), "x\u0000"}) {
      assertThat(TopicNames.invalidReason(name)).isNotNull().doesNotMatch("(?s).*[\\x00-\\x1f].*");
    }
    assertThat(TopicNames.invalidReason("../x"))
        .isEqualTo(
            "a topic name has only ASCII letters, digits, '.', '_' and '-', not '/' at place 2 of"
                + " '../x'");
    assertThat(TopicNames.invalidReason("a\nb")).contains("U+000A at place 1");
  }

  @Test
  void knowsTheSameInternalTopicsAsKafka() {
    for (String name :
        new String[] {
          "__consumer_offsets", "__transaction_state", "__share_group_state", "__x", "orders"
        }) {
      assertThat(TopicNames.isInternal(name)).isEqualTo(Topic.isInternal(name));
    }
  }
}
