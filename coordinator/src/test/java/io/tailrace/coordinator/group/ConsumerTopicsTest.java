package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.ConsumerTestBed.GROUP;
import static io.tailrace.coordinator.group.ConsumerTestBed.assignment;
import static io.tailrace.coordinator.group.ConsumerTestBed.beat;
import static io.tailrace.coordinator.group.ConsumerTestBed.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import io.tailrace.protocol.message.ConsumerGroupPartitionMetadataKey;
import io.tailrace.protocol.message.ConsumerGroupPartitionMetadataValue;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Topics that come, grow and go under a group. */
class ConsumerTopicsTest extends ConsumerTestCase {

  @Test
  void topicsThatComeGrowAndGoAreNoticedWithTheNextHeartbeat() {
    bed.send(join("m1", "foo", "new"));
    bed.topics(bed.topics.with("new", 1), "new");
    assertThat(assignment(bed.send(beat("m1", 2)))).containsKey(bed.topics.id("new"));
    bed.topics(bed.topics.with("foo", 6), "foo");
    assertThat(assignment(bed.send(beat("m1", 3))).get(bed.topics.id("foo"))).hasSize(6);
    bed.topics(bed.topics.without("foo"), "foo");
    assertThat(assignment(bed.send(beat("m1", 4)))).containsOnlyKeys(bed.topics.id("new"));
    bed.topics(bed.topics.with("bar", 7), "bar");
    bed.takeRecords();
    bed.send(beat("m1", 4));
    assertThat(bed.takeRecords()).as("bar is nothing to the group").isEmpty();
  }

  @Test
  void aTopicOfTheSameNameIsAnother() {
    bed.send(join("m1", "bar"));
    bed.topics(bed.topics.with("bar", new UUID(9, 9), 2), "bar");
    ConsumerGroupHeartbeatResponse response = bed.send(beat("m1", 2));
    assertThat(response.memberEpoch()).as("it has to give up the old one").isEqualTo(2);
    response = bed.send(beat("m1", 2).topicPartitions(List.of()));
    assertThat(assignment(response)).containsOnlyKeys(new UUID(9, 9));
  }

  @Test
  void topicsThatChangedWhileNobodyLookedAreNoticedAfterARestart() {
    bed.send(join("m1", "foo"));
    bed.send(beat("m1", 2));
    bed.topics = bed.topics.with("foo", 5);
    assertThat(bed.send(beat("m1", 2)).memberEpoch()).isEqualTo(2);
    bed.restart();
    assertThat(bed.send(beat("m1", 2)).memberEpoch()).isEqualTo(3);
  }

  @Test
  void whatOldKafkaWroteOfTheTopicsIsTakenOutOfTheLog() {
    bed.send(join("m1", "foo"));
    bed.append(
        List.of(
            new CoordinatorRecord(
                new ConsumerGroupPartitionMetadataKey().groupId(GROUP),
                new ConsumerGroupPartitionMetadataValue(),
                (short) 0)));
    bed.takeRecords();
    bed.send(beat("m1", 2).subscribedTopicNames(List.of("bar")));
    assertThat(kinds(bed.takeRecords())).contains("-PartitionMetadata");
    bed.send(beat("m1", 2).subscribedTopicNames(List.of("foo")));
    assertThat(kinds(bed.takeRecords())).doesNotContain("-PartitionMetadata");
  }
}
