package io.tailrace.broker.api;

import io.tailrace.broker.group.GroupCoordinator;
import io.tailrace.coordinator.group.GroupShard;
import io.tailrace.coordinator.group.RequestContext;
import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Serves a request that names several groups, each of which its own shard answers for.
 *
 * @param <I> what the request says of one group
 * @param <A> what the response does
 * @param items the groups of a request
 * @param operation what a shard does for one of them
 * @param refusal the answer for a group that can't be served
 * @param response of all answers, in the request's order
 */
record GroupsHandler<Q extends Message, I, A>(
    ApiKey apiKey,
    GroupCoordinator groups,
    Supplier<Q> newRequest,
    Function<Q, List<I>> items,
    Function<I, String> groupId,
    Operation<Q, I, A> operation,
    BiFunction<I, CoordinatorException, A> refusal,
    Function<List<A>, Message> response)
    implements ApiHandler {

  /** What a shard does for one group. */
  interface Operation<Q, I, A> {
    CoordinatorResult<A> run(GroupShard shard, RequestContext context, Q request, I item);
  }

  @Override
  public void handle(ApiRequest request) {
    Q body = request.read(newRequest.get());
    List<CompletableFuture<A>> answers = new ArrayList<>();
    for (I item : items.apply(body)) {
      answers.add(
          groups
              .run(
                  groupId.apply(item),
                  _ -> false,
                  (shard, nowMs) ->
                      operation.run(shard, GroupHandler.context(request, nowMs), body, item))
              .exceptionally(thrown -> refusal.apply(item, CoordinatorException.of(thrown))));
    }
    CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
        .thenRun(() ->
            request.respond(
                response.apply(answers.stream().map(CompletableFuture::join).toList())));
  }
}
