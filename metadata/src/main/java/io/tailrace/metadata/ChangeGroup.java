package io.tailrace.metadata;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Changes that are written together, and the answers that wait for it. */
final class ChangeGroup {
  private final ClusterImage before;
  private ClusterImage after;
  private final List<byte[]> frames = new ArrayList<>();
  private long sizeInBytes;
  private final Set<UUID> topics = new HashSet<>();
  private final Set<UUID> deletedTopics = new HashSet<>();
  private final Set<ConfigResource> configs = new HashSet<>();
  private List<Answer<?>> answers = new ArrayList<>();

  private record Answer<R>(Operation<R> operation, CompletableFuture<R> future, R response) {
    void give() {
      future.complete(response);
    }

    Answer<R> refused(ErrorCode code, String message) {
      return new Answer<>(operation, future, operation.refuse(code, message));
    }
  }

  ChangeGroup(ClusterImage before) {
    this.before = before;
    this.after = before;
  }

  /** The published image that the group starts from. */
  ClusterImage before() {
    return before;
  }

  /** The image with all changes of the group so far. */
  ClusterImage after() {
    return after;
  }

  /** All of the group's records, encoded. */
  List<byte[]> frames() {
    return frames;
  }

  long sizeInBytes() {
    return sizeInBytes;
  }

  /**
   * Takes one change into the group.
   *
   * @throws MetadataRecordException if the records can't be applied; the group is as before then
   */
  void apply(List<Message> records, List<byte[]> encoded) {
    ClusterDelta delta = after.change();
    records.forEach(delta::apply);
    ImageChanges changes = delta.changes();
    after = delta.build();
    frames.addAll(encoded);
    encoded.forEach(frame -> sizeInBytes += frame.length);
    topics.addAll(changes.topics());
    topics.removeAll(changes.deletedTopics());
    deletedTopics.addAll(changes.deletedTopics());
    configs.addAll(changes.configs());
  }

  ImageChanges changes() {
    Set<UUID> deleted = new HashSet<>(deletedTopics);
    // A topic that came and went within the group was never published.
    deleted.removeIf(id -> before.topic(id) == null);
    return new ImageChanges(Set.copyOf(topics), Set.copyOf(deleted), Set.copyOf(configs));
  }

  <R> void add(Operation<R> operation, CompletableFuture<R> future, R response) {
    answers.add(new Answer<>(operation, future, response));
  }

  /** Turns every answer into a refusal, those of operations without a change too. */
  void refuse(ErrorCode code, String message) {
    List<Answer<?>> refusals = new ArrayList<>(answers.size());
    for (Answer<?> answer : answers) {
      refusals.add(answer.refused(code, message));
    }
    answers = refusals;
  }

  void answer() {
    answers.forEach(Answer::give);
  }
}
