package io.tailrace.broker.api;

import io.tailrace.broker.group.GroupCoordinator;
import io.tailrace.coordinator.group.OffsetResponses;
import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** OffsetFetch v1–10: the committed offsets of one group, or since v8 of several. */
record OffsetFetchHandler(GroupCoordinator groups) implements ApiHandler {

  @Override
  public ApiKey apiKey() {
    return ApiKey.OFFSET_FETCH;
  }

  @Override
  public void handle(ApiRequest request) {
    OffsetFetchRequest body = request.read(new OffsetFetchRequest());
    List<CompletableFuture<OffsetFetchResponseGroup>> answers = new ArrayList<>();
    for (OffsetFetchRequestGroup group : OffsetResponses.groups(body, request.version())) {
      answers.add(
          groups
              .run(
                  group.groupId(),
                  _ -> true,
                  (shard, nowMs) ->
                      CoordinatorResult.of(
                          shard.fetchOffsets(
                              GroupHandler.context(request, nowMs), group, body.requireStable())))
              .exceptionally(thrown ->
                  OffsetResponses.refused(
                      group, CoordinatorException.of(thrown).code(), request.version())));
    }
    CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
        .thenRun(() -> {
          List<OffsetFetchResponseGroup> found =
              answers.stream().map(CompletableFuture::join).toList();
          request.respond(OffsetResponses.response(found, request.version()));
        });
  }
}
