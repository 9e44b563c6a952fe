package io.tailrace.broker.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.Message;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Serves a request that changes the cluster's metadata: the controller does the work on its own
 * thread and answers once the change is durable and the broker has taken it up.
 *
 * @param newRequest makes an empty request to be read into
 * @param controller the controller's method for it
 */
record ControllerHandler<Q extends Message>(
    ApiKey apiKey, Supplier<Q> newRequest, Change<Q> controller) implements ApiHandler {

  /** A method of the controller. */
  interface Change<Q> {
    CompletableFuture<? extends Message> apply(Q request, short version);
  }

  @Override
  public void handle(ApiRequest request) {
    controller
        .apply(request.read(newRequest.get()), request.version())
        .thenAccept(request::respond);
  }
}
