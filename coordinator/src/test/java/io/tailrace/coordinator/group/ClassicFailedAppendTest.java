package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.ClassicFixture.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.LeaveGroupRequest.MemberIdentity;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients of classic groups are told when the log does not take a change: as by Kafka. */
class ClassicFailedAppendTest {
  private final ClassicFixture coordinator = new ClassicFixture();
  private final ClassicClient leader = coordinator.client();
  private final ClassicClient follower = coordinator.client();

  /** What {@code appendGroupMetadataErrorToResponseError} does in Kafka. */
  @CsvSource({
    "UNKNOWN_TOPIC_OR_PARTITION, COORDINATOR_NOT_AVAILABLE",
    "NOT_ENOUGH_REPLICAS, COORDINATOR_NOT_AVAILABLE",
    "REQUEST_TIMED_OUT, COORDINATOR_NOT_AVAILABLE",
    "NOT_LEADER_OR_FOLLOWER, NOT_COORDINATOR",
    "KAFKA_STORAGE_ERROR, NOT_COORDINATOR",
    "MESSAGE_TOO_LARGE, UNKNOWN_SERVER_ERROR",
    "RECORD_LIST_TOO_LARGE, UNKNOWN_SERVER_ERROR",
    "INVALID_FETCH_SIZE, UNKNOWN_SERVER_ERROR",
    "COORDINATOR_NOT_AVAILABLE, COORDINATOR_NOT_AVAILABLE",
  })
  @ParameterizedTest
  void eachOperationTellsTheSame(ErrorCode failure, ErrorCode told) {
    coordinator.log.refuse(failure);
    assertTold(coordinator.join(9, leader.joinRequest()), told);
    coordinator.log.refuse(ErrorCode.NONE);

    follower.instanceId = "instance";
    coordinator.stabilize(leader, follower);
    coordinator.log.refuse(failure);
    ClassicClient successor = coordinator.client();
    successor.instanceId = "instance";
    assertTold(coordinator.join(9, successor.joinRequest()), told);

    leader.join();
    var joined = now(follower.join());
    CompletableFuture<SyncGroupResponse> waiting =
        (joined.members().isEmpty() ? follower : leader).sync();
    ClassicClient assigner = joined.members().isEmpty() ? leader : follower;
    assertTold(assigner.assign(joined), told);
    assertThat(ErrorCode.forCode(now(waiting).errorCode())).isEqualTo(told);

    assertTold(
        coordinator.leave(
            5,
            new LeaveGroupRequest()
                .groupId(ClassicFixture.GROUP)
                .members(
                    List.of(
                        new MemberIdentity().memberId(leader.memberId),
                        new MemberIdentity().memberId(follower.memberId)))),
        told);
  }

  private static void assertTold(CompletableFuture<?> answer, ErrorCode told) {
    assertThat(answer).isCompletedExceptionally();
    assertThat(answer.handle((value, thrown) -> CoordinatorException.of(thrown).code()).join())
        .isEqualTo(told);
  }
}
