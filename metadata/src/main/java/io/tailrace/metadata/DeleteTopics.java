package io.tailrace.metadata;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.protocol.message.DeleteTopicsRequest.DeleteTopicState;
import io.tailrace.protocol.message.DeleteTopicsResponse;
import io.tailrace.protocol.message.DeleteTopicsResponse.DeletableTopicResult;
import io.tailrace.protocol.message.RemoveTopicRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Decides on a DeleteTopics request (KIP-4, 516), with Kafka's rules and error codes. */
final class DeleteTopics implements Operation<DeleteTopicsResponse> {
  private final DeleteTopicsRequest request;
  private final short version;
  private final boolean enabled;

  /** What the request names: a name, or an id, or by mistake both or none. */
  private record Target(@Nullable String name, UUID id) {
    boolean hasId() {
      return !id.equals(Message.ZERO_UUID);
    }
  }

  DeleteTopics(DeleteTopicsRequest request, short version, boolean enabled) {
    this.request = request;
    this.version = version;
    this.enabled = enabled;
  }

  @Override
  public Change<DeleteTopicsResponse> decide(ClusterImage image) {
    if (!enabled) {
      ErrorCode code = version < 3 ? ErrorCode.INVALID_REQUEST : ErrorCode.TOPIC_DELETION_DISABLED;
      return new Change<>(
          List.of(), refuse(code, "topics can't be deleted while delete.topic.enable=false"));
    }
    List<Target> targets = targets();
    Map<Target, Integer> mentions = new HashMap<>();
    targets.forEach(target -> mentions.merge(target, 1, Integer::sum));
    Map<UUID, Integer> resolved = new HashMap<>();
    for (Target target : mentions.keySet()) {
      TopicImage topic = find(target, image);
      if (topic != null) {
        resolved.merge(topic.id(), 1, Integer::sum);
      }
    }
    List<Message> records = new ArrayList<>();
    List<DeletableTopicResult> results = new ArrayList<>();
    for (Target target : new LinkedHashSet<>(targets)) {
      try {
        check(target, mentions);
        TopicImage topic = existing(target, image, resolved);
        records.add(new RemoveTopicRecord().topicId(topic.id()));
        results.add(new DeletableTopicResult().name(topic.name()).topicId(topic.id()));
      } catch (Rejection e) {
        results.add(rejected(target, e.code(), e.reason()));
      }
    }
    return new Change<>(records, new DeleteTopicsResponse().responses(results));
  }

  private List<Target> targets() {
    List<Target> targets = new ArrayList<>();
    for (String name : request.topicNames()) {
      targets.add(new Target(name, Message.ZERO_UUID));
    }
    for (DeleteTopicState topic : request.topics()) {
      targets.add(new Target(topic.name(), topic.topicId()));
    }
    return targets;
  }

  private static @Nullable TopicImage find(Target target, ClusterImage image) {
    String name = target.name();
    if (name == null) {
      return image.topic(target.id());
    }
    return target.hasId() ? null : image.topic(name);
  }

  private static void check(Target target, Map<Target, Integer> mentions) throws Rejection {
    if (target.name() == null && !target.hasId()) {
      throw new Rejection(ErrorCode.INVALID_REQUEST, "name the topic, or give its id");
    }
    if (target.name() != null && target.hasId()) {
      throw new Rejection(
          ErrorCode.INVALID_REQUEST, "give the topic's name or its id, but not both");
    }
    if (Objects.requireNonNull(mentions.get(target)) > 1) {
      throw new Rejection(ErrorCode.INVALID_REQUEST, "the request names this topic twice");
    }
  }

  private static TopicImage existing(Target target, ClusterImage image, Map<UUID, Integer> resolved)
      throws Rejection {
    TopicImage topic = find(target, image);
    if (topic == null) {
      throw target.hasId()
          ? new Rejection(ErrorCode.UNKNOWN_TOPIC_ID, "no topic has the id " + target.id())
          : new Rejection(
              ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "no topic is called '" + target.name() + "'");
    }
    if (Objects.requireNonNull(resolved.get(topic.id())) > 1) {
      throw new Rejection(
          ErrorCode.INVALID_REQUEST, "the request gives this topic by name and by id");
    }
    return topic;
  }

  @Override
  public DeleteTopicsResponse refuse(ErrorCode code, String message) {
    return new DeleteTopicsResponse()
        .responses(
            new LinkedHashSet<>(targets())
                .stream().map(target -> rejected(target, code, message)).toList());
  }

  private static DeletableTopicResult rejected(Target target, ErrorCode code, String message) {
    return new DeletableTopicResult()
        .name(target.name())
        .topicId(target.id())
        .errorCode(code.code())
        .errorMessage(message);
  }
}
