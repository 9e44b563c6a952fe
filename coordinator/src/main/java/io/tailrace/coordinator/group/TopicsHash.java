package io.tailrace.coordinator.group;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;

/**
 * A number that tells whether the topics a group subscribes to have changed: the metadata hash of a
 * ConsumerGroupMetadata record (Kafka 4.1, KIP-1101), for replicas in no rack. For the shard's
 * thread.
 */
final class TopicsHash {
  private static final byte VERSION = 0;

  private record Hashed(Topics.Topic topic, long hash) {}

  /** The last hash of each topic; there are no more than topics have been subscribed to. */
  private final Map<String, Hashed> hashes = new HashMap<>();

  /**
   * @param names those that don't exist do not count
   * @return 0 if none exists
   */
  long of(SortedSet<String> names, Topics topics) {
    ByteBuffer sum = littleEndian(names.size() * Long.BYTES);
    for (String name : names) {
      Topics.Topic topic = topics.topic(name);
      if (topic != null) {
        sum.putLong(hash(topic));
      }
    }
    return sum.position() == 0 ? 0 : Xxh3.hash(sum.array(), sum.position());
  }

  private long hash(Topics.Topic topic) {
    Hashed last = hashes.get(topic.name());
    if (last == null || !last.topic().equals(topic)) {
      last = new Hashed(topic, compute(topic));
      hashes.put(topic.name(), last);
    }
    return last.hash();
  }

  private static long compute(Topics.Topic topic) {
    String name = topic.name();
    int length =
        Byte.BYTES
            + 2 * Long.BYTES
            + name.length() * Character.BYTES
            + Integer.BYTES
            + Integer.BYTES
            + topic.partitions() * Integer.BYTES;
    ByteBuffer bytes = littleEndian(length);
    bytes.put(VERSION);
    bytes.putLong(topic.id().getMostSignificantBits());
    bytes.putLong(topic.id().getLeastSignificantBits());
    for (int i = 0; i < name.length(); i++) {
      bytes.putChar(name.charAt(i));
    }
    bytes.putInt(name.length());
    bytes.putInt(topic.partitions());
    for (int partition = 0; partition < topic.partitions(); partition++) {
      bytes.putInt(partition);
    }
    return Xxh3.hash(bytes.array(), bytes.position());
  }

  private static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
