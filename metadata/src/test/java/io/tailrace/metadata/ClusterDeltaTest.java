package io.tailrace.metadata;

import static io.tailrace.metadata.TestCluster.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.AccessControlEntryRecord;
import io.tailrace.protocol.message.BrokerRegistrationChangeRecord;
import io.tailrace.protocol.message.FeatureLevelRecord;
import io.tailrace.protocol.message.FenceBrokerRecord;
import io.tailrace.protocol.message.PartitionChangeRecord;
import io.tailrace.protocol.message.PartitionRecord;
import io.tailrace.protocol.message.ProducerIdsRecord;
import io.tailrace.protocol.message.RemoveTopicRecord;
import io.tailrace.protocol.message.TopicRecord;
import io.tailrace.protocol.message.UnfenceBrokerRecord;
import io.tailrace.protocol.message.UnregisterBrokerRecord;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClusterDeltaTest {
  private static final UUID NEW = new UUID(8, 8);
  private final TestCluster cluster = TestCluster.of(1, 2);
  private UUID id = NEW;

  @BeforeEach
  void setUp() {
    cluster.create(topic("t", 2, 2), topic("u"));
    id = cluster.image.topic("t").id();
  }

  private void refused(Message record, String message) {
    ClusterDelta delta = cluster.image.change();
    assertThatThrownBy(() -> delta.apply(record))
        .isInstanceOf(MetadataRecordException.class)
        .hasMessageContaining(message);
  }

  @Test
  void contradictionsAreRefused() {
    refused(new TopicRecord().name("t").topicId(NEW), "topic t with id " + NEW + " is there");
    refused(new TopicRecord().name("new").topicId(id), "is there already");
    refused(new RemoveTopicRecord().topicId(NEW), "no topic with id " + NEW);
    refused(partition(NEW, 0), "no topic with id");
    refused(partition(id, 3), "partition 3 of topic t does not follow on the 2");
    refused(partition(id, -1), "partition -1");
    refused(new PartitionChangeRecord().topicId(id).partitionId(2), "has no partition 2");
    refused(partition(id, 2).addingReplicas(new int[] {3}), "being moved");
    refused(partition(id, 2).leaderRecoveryState((byte) 1), "unclean election");
    refused(partition(id, 2).eligibleLeaderReplicas(new int[] {2}), "not support");
    refused(new ProducerIdsRecord().nextProducerId(0), "goes back from 0 to 0");
    refused(new FenceBrokerRecord().id(1).epoch(99), "no broker 1 is registered with epoch 99");
    refused(new UnregisterBrokerRecord().brokerId(7).brokerEpoch(0), "no broker 7");
    refused(new AccessControlEntryRecord(), "AccessControlEntryRecord is not supported");
  }

  private static PartitionRecord partition(UUID topic, int index) {
    return new PartitionRecord()
        .topicId(topic)
        .partitionId(index)
        .replicas(new int[] {1})
        .isr(new int[] {1})
        .leader(1);
  }

  @Test
  void aPartitionChangeChangesWhatItNames() {
    cluster.apply(
        new PartitionChangeRecord().topicId(id).partitionId(0).isr(new int[] {2}).leader(2));
    PartitionImage changed = cluster.image.topic("t").partition(0);
    assertThat(changed.replicas()).containsExactly(1, 2);
    assertThat(changed.isr()).containsExactly(2);
    assertThat(changed.leader()).isEqualTo(2);
    assertThat(changed.leaderEpoch()).isEqualTo(1);
    assertThat(changed.partitionEpoch()).isEqualTo(1);
    cluster.apply(new PartitionChangeRecord().topicId(id).partitionId(0).isr(new int[] {1, 2}));
    changed = cluster.image.topic("t").partition(0);
    assertThat(changed.leaderEpoch()).isEqualTo(1);
    assertThat(changed.partitionEpoch()).isEqualTo(2);
    assertThat(changed.isr()).isSameAs(changed.replicas());
  }

  @Test
  void brokersAreFencedChangedAndRemoved() {
    long epoch = cluster.image.brokers().get(2).epoch();
    cluster.apply(new FenceBrokerRecord().id(2).epoch(epoch));
    assertThat(cluster.image.activeBrokers()).extracting(BrokerImage::id).containsExactly(1);
    cluster.apply(new UnfenceBrokerRecord().id(2).epoch(epoch));
    assertThat(cluster.image.activeBrokers()).hasSize(2);
    cluster.apply(
        new BrokerRegistrationChangeRecord()
            .brokerId(2)
            .brokerEpoch(epoch)
            .inControlledShutdown((byte) 1));
    assertThat(cluster.image.brokers().get(2).isActive()).isFalse();
    assertThat(cluster.image.brokers().get(2).logDirectories()).hasSize(1);
    cluster.apply(new UnregisterBrokerRecord().brokerId(2).brokerEpoch(epoch));
    assertThat(cluster.image.brokers()).containsOnlyKeys(1);
  }

  @Test
  void featureLevelZeroIsNoFeature() {
    cluster.apply(new FeatureLevelRecord().name("group.version").featureLevel((short) 1));
    assertThat(cluster.image.features()).isEqualTo(Map.of("group.version", (short) 1));
    cluster.apply(new FeatureLevelRecord().name("group.version").featureLevel((short) 0));
    assertThat(cluster.image.features()).isEmpty();
  }

  @Test
  void aTopicThatComesAndGoesInOneDeltaLeavesNothing() {
    ClusterDelta delta = cluster.image.change();
    delta.apply(new TopicRecord().name("brief").topicId(NEW));
    delta.apply(partition(NEW, 0));
    delta.apply(new RemoveTopicRecord().topicId(NEW));
    delta.apply(new RemoveTopicRecord().topicId(id));
    delta.apply(new TopicRecord().name("t").topicId(new UUID(9, 9)));
    delta.apply(partition(new UUID(9, 9), 0));
    ClusterImage after = delta.build();
    assertThat(after.topic("brief")).isNull();
    assertThat(after.topic(NEW)).isNull();
    assertThat(after.topic(id)).isNull();
    assertThat(after.topic("t").partitions()).hasSize(1);
    assertThat(delta.changes().topics()).containsExactly(new UUID(9, 9));
    assertThat(delta.changes().deletedTopics()).isEqualTo(Set.of(id));
    assertThat(delta.deletedTopics()).isEqualTo(Set.of(id, NEW));
  }

  @Test
  void oneTopicAmongManyCostsNoFullCopy() {
    ClusterDelta many = cluster.image.change();
    for (int i = 0; i < 20_000; i++) {
      UUID topic = new UUID(i * 0x9E3779B97F4A7C15L, i);
      many.apply(new TopicRecord().name("many-" + i).topicId(topic));
      many.apply(partition(topic, 0));
    }
    ClusterImage before = many.build();
    ClusterDelta one = before.change();
    one.apply(new PartitionChangeRecord().topicId(id).partitionId(0).leader(2));
    ClusterImage after = one.build();
    assertThat(after.topicCount()).isEqualTo(20_002);
    assertThat(after.topic("many-77")).isSameAs(before.topic("many-77"));
    assertThat(after.topic("t").partition(1)).isSameAs(before.topic("t").partition(1));
    assertThat(before.topic("t").partition(0).leader()).isEqualTo(1);
    assertThat(after.topic("t").partition(0).leader()).isEqualTo(2);
  }

  @Test
  void namesCollideOnlyWhileTheirTopicIsThere() {
    cluster.create(topic("a.b_c"));
    assertThat(cluster.image.topicCollidingWith("a_b.c")).isEqualTo("a.b_c");
    assertThat(cluster.image.topicCollidingWith("a.b_c")).isNull();
    assertThat(cluster.image.topicCollidingWith("t")).isNull();
    cluster.apply(new RemoveTopicRecord().topicId(cluster.image.topic("a.b_c").id()));
    assertThat(cluster.image.topicCollidingWith("a_b.c")).isNull();
  }
}
