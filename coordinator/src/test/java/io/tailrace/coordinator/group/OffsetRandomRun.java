package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.OffsetHarness.asking;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.coordinator.group.OffsetModel.Place;
import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DeleteGroupsResponse.DeletableGroupResult;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetDeleteRequest;
import io.tailrace.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestPartition;
import io.tailrace.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestTopic;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Random operations on the offsets of two simple groups, a classic and a consumer group, compared
 * with a model after each; and what a load finds, with what is there.
 */
final class OffsetRandomRun {
  private static final long RETENTION_MS = GroupSettings.DEFAULT.offsetsRetentionMs();
  private static final String MEMBER = "m";
  private static final int GENERATION = 5;
  private static final List<String> GROUPS = List.of("simple1", "simple2", "classic", "consumer");
  private static final List<String> TOPICS = List.of("t", "u");
  private static final int PARTITIONS = 4;

  private final Random random;
  private final OffsetHarness harness = new OffsetHarness();
  private final OffsetModel model = new OffsetModel();
  private final List<String> history = new ArrayList<>();

  OffsetRandomRun(long seed) {
    random = new Random(seed);
    addMembers("classic", Group.CLASSIC);
    addMembers("consumer", Group.CONSUMER);
  }

  List<String> history() {
    return history;
  }

  void run(int steps) {
    for (int done = 0; done < steps; done++) {
      step();
      compare(harness.shard());
      compareLoaded();
    }
  }

  private void step() {
    harness.nowMs += random.nextInt(10);
    switch (random.nextInt(12)) {
      case 0, 1, 2, 3 -> commit();
      case 4, 5 -> commitInTransaction();
      case 6 -> endTransaction();
      case 7 -> deleteOffsets();
      case 8 -> expire();
      case 9 -> deleteGroup();
      case 10 -> changeMembers();
      default -> deleteTopic();
    }
  }

  private String group() {
    return GROUPS.get(random.nextInt(GROUPS.size()));
  }

  private Place place(String group) {
    return new Place(group, TOPICS.get(random.nextInt(TOPICS.size())), random.nextInt(PARTITIONS));
  }

  private boolean exists(Place place) {
    Topics.Topic topic = harness.cluster.topic(place.topic());
    return topic != null && topic.has(place.partition());
  }

  private OffsetTestGroup known(String group) {
    return (OffsetTestGroup) harness.shard().context.group(group);
  }

  private void addMembers(String group, String type) {
    harness.add(OffsetTestGroup.withMember(group, type, MEMBER, "t"));
    model.groups.add(group);
  }

  private void changeMembers() {
    String type = random.nextBoolean() ? Group.CLASSIC : Group.CONSUMER;
    OffsetTestGroup group = known(type);
    history.add("change members of " + type);
    if (group != null && !group.isEmpty()) {
      group.becomeEmpty(harness.nowMs);
    } else {
      addMembers(type, type);
    }
  }

  private void commit() {
    Place place = place(group());
    OffsetTestGroup group = known(place.group());
    boolean asMember = random.nextBoolean();
    int generation = asMember ? GENERATION - random.nextInt(2) : -1;
    long retentionMs = random.nextInt(4) == 0 ? random.nextInt(100) : -1;
    int version = retentionMs < 0 ? 2 + random.nextInt(8) : 2 + random.nextInt(3);
    long offset = random.nextInt(1000);
    boolean fails = random.nextInt(10) == 0;
    history.add("commit %d to %s as %d".formatted(offset, place, generation));
    OffsetCommitRequest request =
        OffsetHarness.request(
                place.group(), place.topic(), OffsetHarness.partition(place.partition(), offset))
            .generationIdOrMemberEpoch(generation)
            .memberId(asMember ? MEMBER : "")
            .retentionTimeMs(retentionMs);
    harness.log.failAppend(fails ? 1 : 0, ErrorCode.COORDINATOR_NOT_AVAILABLE);
    boolean mayCommit = group == null || group.isEmpty() ? !asMember : generation == GENERATION;
    if (!exists(place)) {
      assertThat(OffsetHarness.onlyError(harness.commit(version, request)))
          .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    } else if (fails || !mayCommit) {
      assertThatThrownBy(() -> harness.commit(version, request))
          .isInstanceOf(CoordinatorException.class);
    } else {
      assertThat(OffsetHarness.onlyError(harness.commit(version, request)))
          .isEqualTo(ErrorCode.NONE);
      model.commit(place, offset, harness.nowMs, retentionMs);
    }
    harness.log.failAppend(0, ErrorCode.NONE);
  }

  private void commitInTransaction() {
    Place place = place(group());
    long producerId = random.nextInt(3);
    long offset = random.nextInt(1000);
    history.add("producer %d commits %d to %s".formatted(producerId, offset, place));
    harness.commitInTransaction(
        producerId, place.group(), place.topic(), place.partition(), offset);
    model.commitInTransaction(producerId, place, offset, harness.nowMs);
  }

  private void endTransaction() {
    long producerId = random.nextInt(3);
    boolean commit = random.nextBoolean();
    history.add("producer %d ends, %s".formatted(producerId, commit));
    harness.endTransaction(producerId, commit);
    model.endTransaction(producerId, commit);
  }

  private void deleteOffsets() {
    Place place = place(group());
    history.add("delete " + place);
    OffsetTestGroup group = known(place.group());
    OffsetDeleteRequest request =
        new OffsetDeleteRequest()
            .groupId(place.group())
            .topics(
                List.of(
                    new OffsetDeleteRequestTopic()
                        .name(place.topic())
                        .partitions(
                            List.of(
                                new OffsetDeleteRequestPartition()
                                    .partitionIndex(place.partition())))));
    if (group == null) {
      assertThatThrownBy(() -> harness.run(shard -> shard.writes.delete(request)))
          .isInstanceOf(CoordinatorException.class);
      return;
    }
    harness.run(shard -> shard.writes.delete(request));
    if (exists(place) && !group.subscribed.contains(place.topic())) {
      model.remove((other, value) -> other.equals(place));
    }
  }

  private void expire() {
    harness.nowMs += random.nextBoolean() ? RETENTION_MS : RETENTION_MS / 3;
    history.add("expire");
    Map<String, OffsetTestGroup> known = new HashMap<>();
    harness.shard().context.groups().forEach((id, group) -> known.put(id, (OffsetTestGroup) group));
    harness.append(harness.shard().expiration.expired(harness.nowMs));
    model.expire(known, harness.nowMs, RETENTION_MS);
  }

  private void deleteGroup() {
    String groupId = group();
    OffsetTestGroup group = known(groupId);
    history.add("delete " + groupId);
    List<DeletableGroupResult> results =
        harness.run(shard -> shard.admin.deleteGroups(List.of(groupId)));
    ErrorCode expected =
        group == null
            ? ErrorCode.GROUP_ID_NOT_FOUND
            : group.isEmpty() ? ErrorCode.NONE : ErrorCode.NON_EMPTY_GROUP;
    assertThat(ErrorCode.forCode(results.getFirst().errorCode())).isEqualTo(expected);
    if (expected == ErrorCode.NONE) {
      model.deleteGroup(groupId);
    }
  }

  private void deleteTopic() {
    history.add("delete or make u");
    boolean again = random.nextBoolean();
    if (harness.cluster.topic("u") != null) {
      harness.cluster.remove("u");
      if (again) {
        harness.cluster.add("u", 2);
      }
      harness.append(harness.shard().expiration.topicsDeleted(Set.of("u")));
      model.remove((place, value) -> place.topic().equals("u"));
    } else {
      harness.cluster.add("u", 2);
    }
  }

  private void compare(OffsetTestShard shard) {
    assertThat(shard.context.groups().keySet()).isEqualTo(model.groups);
    for (String group : GROUPS) {
      assertThat(shard.offsets.hasOffsets(group)).as(group).isEqualTo(model.hasOffsets(group));
      for (String topic : TOPICS) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
          compare(shard, new Place(group, topic, partition));
        }
      }
    }
  }

  private void compare(OffsetTestShard shard, Place place) {
    RequestContext client = harness.client(8);
    boolean pending = model.isPending(place);
    OffsetModel.Value value = model.committed.get(place);
    long expected = value == null ? -1 : value.offset();
    assertThat(fetch(shard, client, place, false).committedOffset())
        .as("%s", place)
        .isEqualTo(expected);
    OffsetFetchResponsePartitions stable = fetch(shard, client, place, true);
    assertThat(ErrorCode.forCode(stable.errorCode()))
        .as("%s", place)
        .isEqualTo(pending ? ErrorCode.UNSTABLE_OFFSET_COMMIT : ErrorCode.NONE);
    assertThat(stable.committedOffset()).as("%s", place).isEqualTo(pending ? -1 : expected);
  }

  private static OffsetFetchResponsePartitions fetch(
      OffsetTestShard shard, RequestContext client, Place place, boolean requireStable) {
    return OffsetHarness.only(
        shard.reads.fetch(
            client, asking(place.group(), place.topic(), place.partition()), requireStable));
  }

  private void compareLoaded() {
    var loaded = OffsetTestShard.over(harness.log, harness.cluster);
    loaded.load(harness.nowMs);
    OffsetStore live = harness.shard().offsets;
    OffsetStore found = loaded.shard().offsets;
    for (String group : GROUPS) {
      assertThat(found.hasPending(group)).as(group).isEqualTo(live.hasPending(group));
      for (String topic : TOPICS) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
          assertThat(found.committed(group, topic, partition))
              .as("loaded %s-%d of %s", topic, partition, group)
              .isEqualTo(live.committed(group, topic, partition));
          assertThat(found.isPending(group, topic, partition))
              .isEqualTo(live.isPending(group, topic, partition));
        }
      }
    }
    for (String group : GROUPS.subList(0, 2)) {
      assertThat(loaded.shard().context.groups().containsKey(group))
          .as("loaded " + group)
          .isEqualTo(model.groups.contains(group));
    }
  }
}
