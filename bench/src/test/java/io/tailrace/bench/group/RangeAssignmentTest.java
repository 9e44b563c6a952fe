package io.tailrace.bench.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.message.JoinGroupResponse.JoinGroupResponseMember;
import io.tailrace.protocol.message.SyncGroupRequest.SyncGroupRequestAssignment;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RangeAssignmentTest {
  @Test
  void sharesAllPartitionsOutEvenlyInTheOrderOfTheIds() {
    List<SyncGroupRequestAssignment> shares =
        new RangeAssignment("t", 8)
            .of(
                Stream.of("b", "c", "a")
                    .map(id -> new JoinGroupResponseMember().memberId(id))
                    .toList());
    assertThat(shares)
        .extracting(SyncGroupRequestAssignment::memberId)
        .containsExactly("a", "b", "c");
    assertThat(shares.stream().map(it -> RangeAssignment.partitions(it.assignment())))
        .containsExactly(new int[] {0, 1}, new int[] {2, 3, 4}, new int[] {5, 6, 7});
  }

  @Test
  void aSubscriptionNamesTheTopicBehindItsVersion() {
    byte[] subscription = new RangeAssignment("t", 8).subscription();
    assertThat(subscription).startsWith(0, 1, 0, 0, 0, 1, 0, 1, 't');
  }
}
