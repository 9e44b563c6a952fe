package io.tailrace.coordinator.group;

import io.tailrace.protocol.MalformedMessageException;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.ProtocolReader;
import io.tailrace.protocol.ProtocolWriter;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest.TopicPartitions;
import io.tailrace.protocol.message.ConsumerProtocolAssignment;
import io.tailrace.protocol.message.ConsumerProtocolAssignment.TopicPartition;
import io.tailrace.protocol.message.ConsumerProtocolSubscription;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * What consumers put into JoinGroup and SyncGroup, which to the classic protocol is opaque: two
 * bytes of version, then a {@code ConsumerProtocolSubscription} or {@code
 * ConsumerProtocolAssignment}. A later version only appends to the one before, so what is newer
 * than we know is read as the newest that we know. Methods that read throw a {@link
 * MalformedMessageException}.
 */
final class ConsumerProtocol {
  private static final short FIRST_VERSION = 0;

  private ConsumerProtocol() {}

  static ConsumerProtocolSubscription subscription(byte[] bytes) {
    ConsumerProtocolSubscription subscription = new ConsumerProtocolSubscription();
    ProtocolReader in = new ProtocolReader(ByteBuffer.wrap(bytes));
    subscription.read(in, version(in, ConsumerProtocolSubscription.HIGHEST_VERSION));
    return subscription;
  }

  static ConsumerProtocolAssignment assignment(byte[] bytes) {
    ConsumerProtocolAssignment assignment = new ConsumerProtocolAssignment();
    ProtocolReader in = new ProtocolReader(ByteBuffer.wrap(bytes));
    assignment.read(in, version(in, ConsumerProtocolAssignment.HIGHEST_VERSION));
    return assignment;
  }

  private static short version(ProtocolReader in, short highest) {
    short version = in.readShort();
    if (version < 0) {
      throw new MalformedMessageException("version " + version);
    }
    return (short) Math.min(version, highest);
  }

  /**
   * Writes an assignment in the version of a member's subscription, or in the first, which all
   * know, if that can't be told.
   *
   * @param partitions those of topics that don't exist are left out
   */
  static byte[] assignment(Map<UUID, Set<Integer>> partitions, byte[] subscription, Topics topics) {
    List<TopicPartition> named = new ArrayList<>();
    partitions.forEach((id, indexes) -> {
      Topics.Topic topic = topics.topic(id);
      if (topic != null) {
        named.add(
            new TopicPartition().topic(topic.name()).partitions(ConsumerAssignment.ints(indexes)));
      }
    });
    return write(
        new ConsumerProtocolAssignment().assignedPartitions(named), versionOf(subscription));
  }

  private static short versionOf(byte[] subscription) {
    try {
      ProtocolReader in = new ProtocolReader(ByteBuffer.wrap(subscription));
      return version(in, ConsumerProtocolAssignment.HIGHEST_VERSION);
    } catch (MalformedMessageException e) {
      return FIRST_VERSION;
    }
  }

  private static byte[] write(Message message, short version) {
    ProtocolWriter out = new ProtocolWriter();
    out.writeShort(version);
    message.write(out, version);
    byte[] bytes = new byte[out.size()];
    out.buffer().get(bytes);
    return bytes;
  }

  /** By topic id, of those topics that exist. What can't be an index is left out. */
  static Map<UUID, Set<Integer>> partitions(ConsumerProtocolAssignment assignment, Topics topics) {
    Map<UUID, Set<Integer>> partitions = new TreeMap<>();
    for (TopicPartition named : assignment.assignedPartitions()) {
      Topics.Topic topic = topics.topic(named.topic());
      if (topic != null) {
        Set<Integer> indexes = partitions.computeIfAbsent(topic.id(), id -> new TreeSet<>());
        for (int index : named.partitions()) {
          if (index >= 0) {
            indexes.add(index);
          }
        }
      }
    }
    return partitions;
  }

  /** What a member says it has, of those topics that exist. */
  static List<TopicPartitions> owned(ConsumerProtocolSubscription subscription, Topics topics) {
    List<TopicPartitions> owned = new ArrayList<>();
    for (var named : subscription.ownedPartitions()) {
      Topics.Topic topic = topics.topic(named.topic());
      if (topic != null) {
        owned.add(new TopicPartitions().topicId(topic.id()).partitions(named.partitions()));
      }
    }
    return owned;
  }
}
