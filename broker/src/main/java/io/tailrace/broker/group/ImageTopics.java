package io.tailrace.broker.group;

import io.tailrace.coordinator.group.Topics;
import io.tailrace.metadata.ClusterImage;
import io.tailrace.metadata.TopicImage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The topics of a cluster image as groups see them. */
record ImageTopics(ClusterImage image) implements Topics {

  @Override
  public @Nullable Topic topic(String name) {
    return topic(image.topic(name));
  }

  @Override
  public @Nullable Topic topic(UUID id) {
    return topic(image.topic(id));
  }

  @Override
  public Collection<Topic> all() {
    List<Topic> topics = new ArrayList<>(image.topicCount());
    for (TopicImage topic : image.topics()) {
      topics.add(new Topic(topic.name(), topic.id(), topic.partitions().size()));
    }
    return topics;
  }

  private static @Nullable Topic topic(@Nullable TopicImage topic) {
    return topic == null ? null : new Topic(topic.name(), topic.id(), topic.partitions().size());
  }
}
