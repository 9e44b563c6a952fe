package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.ConsumerTestBed.GROUP;
import static io.tailrace.coordinator.group.ConsumerTestBed.beat;
import static io.tailrace.coordinator.group.ConsumerTestBed.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Groups as a whole: described, deleted, in the place of a classic one, and out of the log. */
class ConsumerGroupsTest extends ConsumerTestCase {

  @Test
  void describeShowsMembersTheirAssignmentsAndTargets() {
    bed.send(join("m1", "foo").rackId("r").instanceId("i"));
    bed.send(join("m2", "foo"));
    bed.send(beat("m1", 2));
    var described = bed.groups().describe(GROUP);
    assertThat(described.groupState()).isEqualTo("Reconciling");
    assertThat(described.groupEpoch()).isEqualTo(3);
    assertThat(described.assignmentEpoch()).isEqualTo(3);
    var member = described.members().getFirst();
    assertThat(member.memberId()).isEqualTo("m1");
    assertThat(member.instanceId()).isEqualTo("i");
    assertThat(member.rackId()).isEqualTo("r");
    assertThat(member.clientHost()).isEqualTo("/127.0.0.1");
    assertThat(member.memberType()).isEqualTo((byte) 1);
    assertThat(member.assignment().topicPartitions().getFirst().partitions())
        .as("with what it is still to give up")
        .containsExactly(0, 1, 2, 3);
    assertThat(member.targetAssignment().topicPartitions().getFirst().partitions())
        .containsExactly(0, 1);
    assertThat(member.targetAssignment().topicPartitions().getFirst().topicName()).isEqualTo("foo");
  }

  @Test
  void describeOfWhatIsNoConsumerGroupSaysSo() {
    var described = bed.groups().describe("none");
    assertThat(described.errorCode()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND.code());
    assertThat(described.errorMessage()).isEqualTo("Consumer group none not found.");
  }

  @Test
  void aGroupIsDeletedOnceItIsEmpty() {
    bed.send(join("m1", "foo"));
    assertRefused(
        () -> bed.group().checkDelete(),
        ErrorCode.NON_EMPTY_GROUP,
        "Group group still has members.");
    bed.send(beat("m1", -1));
    bed.group().checkDelete();
    List<CoordinatorRecord> tombstones = new ArrayList<>();
    bed.group().addTombstones(tombstones);
    bed.append(tombstones);
    assertThat(bed.find(GROUP)).isNull();
  }

  /** A classic group: of members, or of nothing but offsets that a client has committed. */
  private static Group classic(boolean empty) {
    ConsumerGroup shown = new ConsumerGroup(GROUP);
    return (Group)
        Proxy.newProxyInstance(
            Group.class.getClassLoader(),
            new Class<?>[] {Group.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "isEmpty" -> empty;
                  case "protocolType" -> "";
                  case "type" -> Group.CLASSIC;
                  default -> method.invoke(shown, arguments);
                });
  }

  @Test
  void aGroupThatIsOffsetsAloneBecomesAConsumerGroup() {
    bed.put(classic(true));
    assertThat(bed.send(join("m1", "foo")).memberEpoch()).isEqualTo(2);
    assertThat(bed.group().type()).isEqualTo(Group.CONSUMER);
  }

  @Test
  void aClassicGroupWithMembersIsNone() {
    bed.send(join("m1", "foo"));
    ConsumerGroup before = bed.group();
    bed.put(classic(false));
    for (ConsumerGroupHeartbeatRequest request : List.of(join("m2", "foo"), beat("m2", 2))) {
      assertRefused(
          () -> bed.send(request),
          ErrorCode.GROUP_ID_NOT_FOUND,
          "Group group is not a consumer group.");
    }
    bed.put(before);
  }

  @Test
  void aCompactedLogTellsTheSame() {
    twoMembers();
    bed.send(join("m3", "foo").instanceId("i"));
    bed.send(beat("m3", -2).instanceId("i"));
    bed.send(join("m4", "foo").instanceId("i"));
    bed.send(beat("m1", -1));
    List<Object> before = bed.state();
    for (int dirty = bed.log.batches(); dirty >= 0; dirty--) {
      bed.log.compact(dirty, dirty % 2 == 0);
      assertThat(bed.stateOfReplay()).isEqualTo(before);
    }
  }
}
