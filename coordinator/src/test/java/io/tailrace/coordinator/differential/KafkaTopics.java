package io.tailrace.coordinator.differential;

import io.tailrace.coordinator.group.Topics.Topic;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metadata.PartitionRecord;
import org.apache.kafka.common.metadata.RemoveTopicRecord;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;

/** The cluster's topics as Kafka's images: each has its partitions on one broker, without racks. */
final class KafkaTopics {
  private final Map<UUID, Topic> topics = new HashMap<>();
  private MetadataImage image = MetadataImage.EMPTY;
  private long changes;

  record Change(MetadataDelta delta, MetadataImage image) {}

  /** Makes these the topics that there are. */
  Change set(Collection<Topic> wanted) {
    MetadataDelta delta = new MetadataDelta.Builder().setImage(image).build();
    Map<UUID, Topic> left = new HashMap<>(topics);
    wanted.forEach(topic -> left.remove(topic.id()));
    for (Topic gone : left.values()) {
      delta.replay(new RemoveTopicRecord().setTopicId(uuid(gone.id())));
      topics.remove(gone.id());
    }
    for (Topic topic : wanted) {
      Topic before = topics.put(topic.id(), topic);
      if (before == null) {
        delta.replay(new TopicRecord().setName(topic.name()).setTopicId(uuid(topic.id())));
      }
      for (int p = before == null ? 0 : before.partitions(); p < topic.partitions(); p++) {
        delta.replay(partition(topic, p));
      }
    }
    image = delta.apply(new MetadataProvenance(++changes, 1, 0, true));
    return new Change(delta, image);
  }

  private static PartitionRecord partition(Topic topic, int index) {
    return new PartitionRecord()
        .setTopicId(uuid(topic.id()))
        .setPartitionId(index)
        .setReplicas(List.of(0))
        .setIsr(List.of(0))
        .setLeader(0)
        .setLeaderEpoch(0)
        .setPartitionEpoch(0);
  }

  /** Empty if there is none. */
  String name(Uuid id) {
    Topic topic = topics.get(new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits()));
    return topic == null ? "" : topic.name();
  }

  /** Zero if there is none. */
  Uuid id(String name) {
    Topic topic = topic(name);
    return topic == null ? Uuid.ZERO_UUID : uuid(topic.id());
  }

  /** How many it has; 0 if there is no such topic. */
  int partitions(String name) {
    Topic topic = topic(name);
    return topic == null ? 0 : topic.partitions();
  }

  private Topic topic(String name) {
    return topics.values().stream()
        .filter(topic -> topic.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  private static Uuid uuid(UUID id) {
    return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
  }
}
