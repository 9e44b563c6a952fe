package io.tailrace.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import com.dynatrace.hash4j.hashing.HashStream64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Against the library that Kafka hashes with. */
class TopicsHashTest {

  @Test
  void everyLengthHashesAsInTheLibrary() {
    Random random = new Random(1);
    byte[] input = new byte[5000];
    random.nextBytes(input);
    for (int length = 4; length <= input.length; length += length < 300 ? 1 : 37) {
      assertThat(Xxh3.hash(input, length))
          .as("%d bytes", length)
          .isEqualTo(Hashing.xxh3_64().hashBytesToLong(input, 0, length));
    }
  }

  @Test
  void aGroupsHashIsKafkas() {
    UUID a = new UUID(1, 2);
    UUID b = new UUID(-3, 4);
    Topics topics = new ConsumerTestTopics().with("a", a, 3).with("b-topic", b, 100);

    HashStream64 expected = Hashing.xxh3_64().hashStream();
    expected.putLong(kafkasTopicHash("a", a, 3));
    expected.putLong(kafkasTopicHash("b-topic", b, 100));

    TreeSet<String> names = new TreeSet<>(List.of("b-topic", "not there", "a"));
    assertThat(new TopicsHash().of(names, topics)).isEqualTo(expected.getAsLong());
  }

  /** As Kafka computes it for replicas in no rack. */
  private static long kafkasTopicHash(String name, UUID id, int partitions) {
    HashStream64 hash = Hashing.xxh3_64().hashStream();
    hash.putByte((byte) 0)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .putString(name)
        .putInt(partitions);
    for (int partition = 0; partition < partitions; partition++) {
      hash.putInt(partition);
    }
    return hash.getAsLong();
  }

  @Test
  void everyChangeOfATopicChangesTheHash() {
    TopicsHash hash = new TopicsHash();
    TreeSet<String> names = new TreeSet<>(List.of("a", "b"));
    ConsumerTestTopics topics = new ConsumerTestTopics();
    assertThat(hash.of(names, topics)).isZero();
    long created = hash.of(names, topics = topics.with("a", 1));
    long grown = hash.of(names, topics = topics.with("a", 2));
    long anew = hash.of(names, topics = topics.with("a", new UUID(7, 7), 2));
    long second = hash.of(names, topics = topics.with("b", 1));
    assertThat(List.of(0L, created, grown, anew, second)).doesNotHaveDuplicates();
    assertThat(hash.of(names, topics.without("b"))).isEqualTo(anew);
  }
}
