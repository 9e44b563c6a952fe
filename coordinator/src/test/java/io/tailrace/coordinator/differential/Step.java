package io.tailrace.coordinator.differential;

import io.tailrace.coordinator.group.Topics.Topic;
import io.tailrace.protocol.Message;
import java.util.Collection;
import java.util.Map;
import java.util.function.Consumer;

/** One thing that happens to both sides. */
sealed interface Step {

  /**
   * A request.
   *
   * @param answered told Kafka's answer, at once or in a later step
   */
  record Ask(Api api, short version, Message request, String clientId, Consumer<Message> answered)
      implements Step {
    @Override
    public String toString() {
      return "%s v%d by %s: %s".formatted(api, version, clientId, request);
    }
  }

  record Wait(long ms) implements Step {}

  record SetTopics(Collection<Topic> topics) implements Step {}

  /** The dynamic configs of a group from now on. */
  record Configure(String groupId, Map<String, String> configs) implements Step {}

  record Restart() implements Step {}
}
