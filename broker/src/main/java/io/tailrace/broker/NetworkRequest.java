package io.tailrace.broker;

import io.tailrace.broker.api.ApiRequest;
import io.tailrace.broker.api.ClientSession;
import io.tailrace.broker.net.PendingResponse;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.ProtocolReader;
import io.tailrace.protocol.message.RequestHeader;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A request as it came in by the network. */
final class NetworkRequest implements ApiRequest {
  private final ApiKey apiKey;
  private final RequestHeader header;
  private final ProtocolReader reader;
  private final ClientSession session;
  private final PendingResponse response;
  private final long nowNs;

  NetworkRequest(
      ApiKey apiKey,
      RequestHeader header,
      ProtocolReader reader,
      ClientSession session,
      PendingResponse response,
      long nowNs) {
    this.apiKey = apiKey;
    this.header = header;
    this.reader = reader;
    this.session = session;
    this.response = response;
    this.nowNs = nowNs;
  }

  @Override
  public ApiKey apiKey() {
    return apiKey;
  }

  @Override
  public short version() {
    return header.requestApiVersion();
  }

  @Override
  public @Nullable String clientId() {
    return header.clientId();
  }

  @Override
  public ClientSession session() {
    return session;
  }

  @Override
  public long nowNs() {
    return nowNs;
  }

  @Override
  public <T extends Message> T read(T message) {
    message.read(reader, version());
    return message;
  }

  @Override
  public void respond(Message body) {
    respond(body, null);
  }

  @Override
  public void respond(Message body, @Nullable Runnable whenSent) {
    response.complete(
        new NetworkResponse(apiKey, version(), header.correlationId(), body, whenSent));
  }

  @Override
  public void respondNothing() {
    response.completeWithoutResponse();
  }

  @Override
  public void closeConnection(String reason) {
    response.closeConnection(reason);
  }

  @Override
  public Executor loop() {
    return response.connection().loop();
  }
}
