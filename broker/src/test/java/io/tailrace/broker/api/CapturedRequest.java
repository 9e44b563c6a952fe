package io.tailrace.broker.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.FetchResponse;
import java.util.concurrent.Executor;

/** A fetch request that nobody has sent; keeps its answer. */
final class CapturedRequest implements ApiRequest {
  private FetchResponse response;

  FetchResponse response() {
    return response;
  }

  @Override
  public ApiKey apiKey() {
    return ApiKey.FETCH;
  }

  @Override
  public short version() {
    return 12;
  }

  @Override
  public String clientId() {
    return "test";
  }

  @Override
  public ClientSession session() {
    throw new UnsupportedOperationException();
  }

  @Override
  public long nowNs() {
    return 0;
  }

  @Override
  public <T extends Message> T read(T message) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void respond(Message answer) {
    respond(answer, null);
  }

  @Override
  public void respond(Message answer, Runnable whenSent) {
    response = (FetchResponse) answer;
    if (whenSent != null) {
      whenSent.run();
    }
  }

  @Override
  public void respondNothing() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void closeConnection(String reason) {
    throw new AssertionError(reason);
  }

  @Override
  public Executor loop() {
    return Runnable::run;
  }
}
