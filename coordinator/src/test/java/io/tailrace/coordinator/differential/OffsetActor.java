package io.tailrace.coordinator.differential;

import io.tailrace.coordinator.group.Topics.Topic;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.tailrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.tailrace.protocol.message.OffsetDeleteRequest;
import io.tailrace.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestPartition;
import io.tailrace.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestTopic;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.tailrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopic;
import io.tailrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Commits, reads and deletes offsets without being a member of a group. */
final class OffsetActor implements Scenario.Actor {
  private final World world;

  OffsetActor(World world) {
    this.world = world;
  }

  @Override
  public Step act() {
    return switch (world.below(5)) {
      case 0, 1 -> commit();
      case 2, 3 -> fetch();
      default -> delete();
    };
  }

  private Step commit() {
    short version = world.version(Api.OFFSET_COMMIT);
    OffsetCommitRequest request = commit(version, world.group());
    if (world.chance(0.1)) {
      request.memberId(world.someMemberId()).generationIdOrMemberEpoch(world.below(3) - 1);
    }
    return world.ask(Api.OFFSET_COMMIT, version, request);
  }

  /**
   * Offsets of some partitions, by nobody yet. The first can be stored, if the group agrees: see
   * {@link KnownDifferencesTest} for commits of which nothing is.
   */
  OffsetCommitRequest commit(short version, String groupId) {
    Topic first = world.liveTopic();
    List<OffsetCommitRequestTopic> topics = new ArrayList<>();
    topics.add(topic(version, first, List.of(good(version, world.below(first.partitions())))));
    Topic second = world.topic();
    if (!second.name().equals(first.name())) {
      List<OffsetCommitRequestPartition> partitions = new ArrayList<>();
      for (int partition : somePartitions(second)) {
        partitions.add(good(version, partition).committedMetadata(metadata()));
      }
      topics.add(topic(version, second, partitions));
    }
    OffsetCommitRequest request = new OffsetCommitRequest().groupId(groupId).topics(topics);
    if (version <= 4 && world.chance(0.3)) {
      request.retentionTimeMs(world.chance(0.5) ? 60_000 : 3_600_000);
    }
    return request;
  }

  private static OffsetCommitRequestTopic topic(
      short version, Topic topic, List<OffsetCommitRequestPartition> partitions) {
    OffsetCommitRequestTopic asked = new OffsetCommitRequestTopic().partitions(partitions);
    return version >= 10 ? asked.topicId(topic.id()) : asked.name(topic.name());
  }

  private OffsetCommitRequestPartition good(short version, int partition) {
    return new OffsetCommitRequestPartition()
        .partitionIndex(partition)
        .committedOffset(world.below(1000))
        .committedLeaderEpoch(version >= 6 ? world.below(4) - 1 : -1);
  }

  private String metadata() {
    return switch (world.below(8)) {
      case 0 -> null;
      case 1 -> "x".repeat(Streams.METADATA_MAX);
      case 2 -> "x".repeat(Streams.METADATA_MAX + 1);
      case 3 -> "ü".repeat(Streams.METADATA_MAX / 2 + 1);
      default -> world.chance(0.5) ? "" : "note " + world.below(9);
    };
  }

  private Step fetch() {
    short version = world.version(Api.OFFSET_FETCH);
    OffsetFetchRequest request = new OffsetFetchRequest();
    boolean all = version >= 2 && world.chance(0.3);
    if (version < 8) {
      request.groupId(world.group()).topics(all ? null : topicsByName());
    } else {
      List<OffsetFetchRequestGroup> groups = new ArrayList<>();
      for (String groupId : world.chance(0.5) ? List.of("g0", "g1") : List.of(world.group())) {
        OffsetFetchRequestGroup group =
            new OffsetFetchRequestGroup().groupId(groupId).topics(all ? null : topics(version));
        if (version >= 9 && world.chance(0.2)) {
          group.memberId(world.someMemberId()).memberEpoch(world.below(4) - 1);
        }
        groups.add(group);
      }
      request.groups(groups);
    }
    return world.ask(
        Api.OFFSET_FETCH, version, request.requireStable(version >= 7 && world.chance(0.3)));
  }

  private List<OffsetFetchRequestTopic> topicsByName() {
    List<OffsetFetchRequestTopic> topics = new ArrayList<>();
    for (Topic topic : someTopics()) {
      topics.add(
          new OffsetFetchRequestTopic().name(topic.name()).partitionIndexes(somePartitions(topic)));
    }
    return topics;
  }

  private List<OffsetFetchRequestTopics> topics(short version) {
    List<OffsetFetchRequestTopics> topics = new ArrayList<>();
    for (Topic topic : someTopics()) {
      OffsetFetchRequestTopics asked =
          new OffsetFetchRequestTopics().partitionIndexes(somePartitions(topic));
      topics.add(version >= 10 ? asked.topicId(topic.id()) : asked.name(topic.name()));
    }
    return topics;
  }

  private Step delete() {
    List<OffsetDeleteRequestTopic> topics = new ArrayList<>();
    for (Topic topic : someTopics()) {
      List<OffsetDeleteRequestPartition> partitions = new ArrayList<>();
      for (int partition : somePartitions(topic)) {
        partitions.add(new OffsetDeleteRequestPartition().partitionIndex(partition));
      }
      topics.add(new OffsetDeleteRequestTopic().name(topic.name()).partitions(partitions));
    }
    return world.ask(
        Api.OFFSET_DELETE,
        (short) 0,
        new OffsetDeleteRequest().groupId(world.group()).topics(topics));
  }

  private List<Topic> someTopics() {
    Topic one = world.topic();
    Topic other = world.topic();
    return one.name().equals(other.name()) ? List.of(one) : List.of(one, other);
  }

  private int[] somePartitions(Topic topic) {
    int first = world.below(topic.partitions());
    return IntStream.rangeClosed(first, first + world.below(2)).toArray();
  }
}
