package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.HeartbeatResponse;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Answers of the classic protocol that are made in several places. */
final class ClassicAnswers {
  private ClassicAnswers() {}

  static JoinGroupResponse join(ErrorCode error, String memberId) {
    return new JoinGroupResponse().errorCode(error.code()).memberId(memberId);
  }

  /** No protocol is null from version 7 on, and empty before. */
  static JoinGroupResponse inVersion(JoinGroupResponse answer, short version) {
    String protocol = answer.protocolName();
    if (protocol == null || protocol.isEmpty()) {
      answer.protocolName(version >= 7 ? null : "");
    }
    return answer;
  }

  static SyncGroupResponse sync(ErrorCode error) {
    return new SyncGroupResponse().errorCode(error.code());
  }

  static HeartbeatResponse heartbeat(ErrorCode error) {
    return new HeartbeatResponse().errorCode(error.code());
  }

  static CoordinatorResult<@Nullable Void> nothing() {
    return CoordinatorResult.of(List.<CoordinatorRecord>of());
  }

  /** A change of the group, and the answer of who caused it. */
  static <R> CoordinatorResult<R> answering(
      CoordinatorResult<@Nullable Void> change, CompletableFuture<R> answer) {
    return new CoordinatorResult<>(change.records(), answer, change.listener());
  }

  /**
   * For where nothing can be appended.
   *
   * @throws IllegalStateException if the change has records
   */
  static void withoutRecords(CoordinatorResult<?> change) {
    if (!change.records().isEmpty()) {
      throw new IllegalStateException("records of a change that may have none");
    }
  }
}
