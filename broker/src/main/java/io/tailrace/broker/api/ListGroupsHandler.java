package io.tailrace.broker.api;

import io.tailrace.broker.group.GroupCoordinator;
import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ListGroupsRequest;
import io.tailrace.protocol.message.ListGroupsResponse;
import io.tailrace.protocol.message.ListGroupsResponse.ListedGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** ListGroups v0–5: the groups of all shards of this broker. */
record ListGroupsHandler(GroupCoordinator groups) implements ApiHandler {

  @Override
  public ApiKey apiKey() {
    return ApiKey.LIST_GROUPS;
  }

  @Override
  public void handle(ApiRequest request) {
    ListGroupsRequest body = request.read(new ListGroupsRequest());
    List<CompletableFuture<List<ListedGroup>>> answers =
        groups.runOnAll((shard, nowMs) -> CoordinatorResult.of(shard.list(body)));
    CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
        .handle((ignored, failed) -> {
          request.respond(answer(answers));
          return null;
        });
  }

  /** A list without the groups of a shard that is still loading would be wrong. */
  private static ListGroupsResponse answer(List<CompletableFuture<List<ListedGroup>>> answers) {
    List<ListedGroup> listed = new ArrayList<>();
    ErrorCode error = ErrorCode.NONE;
    for (CompletableFuture<List<ListedGroup>> answer : answers) {
      if (!answer.isCompletedExceptionally()) {
        listed.addAll(answer.join());
      } else if (CoordinatorException.of(answer.exceptionNow()).code()
          == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS) {
        error = ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
      }
    }
    return new ListGroupsResponse()
        .errorCode(error.code())
        .groups(error == ErrorCode.NONE ? listed : List.of());
  }
}
