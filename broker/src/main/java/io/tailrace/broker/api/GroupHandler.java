package io.tailrace.broker.api;

import io.tailrace.broker.group.GroupCoordinator;
import io.tailrace.coordinator.group.GroupShard;
import io.tailrace.coordinator.group.RequestContext;
import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.Message;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Serves a request that concerns one group: finds its shard, and answers when the shard does.
 *
 * @param newRequest makes an empty request to be read into
 * @param groupId which group it concerns
 * @param quick whether the shard may serve it on the event loop: what takes microseconds
 * @param operation the shard's method for it
 * @param refusal the response that refuses all of it
 */
record GroupHandler<Q extends Message, R extends Message>(
    ApiKey apiKey,
    GroupCoordinator groups,
    Supplier<Q> newRequest,
    Function<Q, String> groupId,
    Quick<Q> quick,
    Operation<Q, R> operation,
    BiFunction<Q, CoordinatorException, R> refusal)
    implements ApiHandler {

  /** Looks at a shard, in the request's turn. */
  interface Quick<Q> {
    boolean is(GroupShard shard, Q request);
  }

  /** A method of a shard. */
  interface Operation<Q, R> {
    CoordinatorResult<R> run(GroupShard shard, RequestContext context, Q request);
  }

  @Override
  public void handle(ApiRequest request) {
    Q body = request.read(newRequest.get());
    groups
        .run(
            groupId.apply(body),
            shard -> quick.is(shard, body),
            (shard, nowMs) -> operation.run(shard, context(request, nowMs), body))
        .whenComplete((response, thrown) ->
            request.respond(
                thrown == null ? response : refusal.apply(body, CoordinatorException.of(thrown))));
  }

  static RequestContext context(ApiRequest request, long nowMs) {
    return new RequestContext(
        Objects.requireNonNullElse(request.clientId(), ""),
        request.session().host(),
        request.version(),
        nowMs);
  }
}
