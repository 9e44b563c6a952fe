package io.tailrace.broker.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.InitProducerIdRequest;
import io.tailrace.protocol.message.InitProducerIdResponse;

/**
 * InitProducerId v0–5 for idempotent producers (KIP-98). Producers with a transactional id are told
 * that there is no transaction coordinator yet.
 */
final class InitProducerIdHandler implements ApiHandler {
  private final ProducerIds producerIds;

  InitProducerIdHandler(ProducerIds producerIds) {
    this.producerIds = producerIds;
  }

  @Override
  public ApiKey apiKey() {
    return ApiKey.INIT_PRODUCER_ID;
  }

  @Override
  public void handle(ApiRequest request) {
    InitProducerIdRequest body = request.read(new InitProducerIdRequest());
    String transactionalId = body.transactionalId();
    if (transactionalId != null) {
      ErrorCode error =
          transactionalId.isEmpty()
              ? ErrorCode.INVALID_REQUEST
              : ErrorCode.COORDINATOR_NOT_AVAILABLE;
      request.respond(failed(error));
      return;
    }
    producerIds.next((id, error) ->
        request.respond(
            error == ErrorCode.NONE
                ? new InitProducerIdResponse().producerId(id).producerEpoch((short) 0)
                : failed(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)));
  }

  private static InitProducerIdResponse failed(ErrorCode error) {
    return new InitProducerIdResponse()
        .errorCode(error.code())
        .producerId(-1)
        .producerEpoch((short) -1);
  }
}
