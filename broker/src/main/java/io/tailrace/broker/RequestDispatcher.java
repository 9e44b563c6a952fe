package io.tailrace.broker;

import io.tailrace.broker.api.ApiHandler;
import io.tailrace.broker.api.ClientSession;
import io.tailrace.broker.api.LoopHandlers;
import io.tailrace.broker.net.Connection;
import io.tailrace.broker.net.PendingResponse;
import io.tailrace.broker.net.RequestProcessor;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.MalformedMessageException;
import io.tailrace.protocol.ProtocolReader;
import io.tailrace.protocol.message.RequestHeader;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header of each request of one event loop and hands the request to its handler. An
 * unknown API key, a version that is not served, or bytes that can't be decoded close the
 * connection, as the protocol asks; only ApiVersions has an answer for a version it doesn't know.
 */
final class RequestDispatcher implements RequestProcessor {
  /** Bytes of API key, version and correlation id, which every header begins with. */
  private static final int SMALLEST_HEADER = 8;

  private final LoopHandlers handlers;
  private final List<String> listenerNames;

  RequestDispatcher(LoopHandlers handlers, List<String> listenerNames) {
    this.handlers = handlers;
    this.listenerNames = listenerNames;
  }

  @Override
  public void process(ByteBuffer frame, PendingResponse response, long nowNs) {
    try {
      dispatch(frame, response, nowNs);
    } catch (MalformedMessageException e) {
      response.closeConnection("malformed request: " + e.getMessage());
    }
  }

  private void dispatch(ByteBuffer frame, PendingResponse response, long nowNs) {
    int start = frame.position();
    if (frame.remaining() < SMALLEST_HEADER) {
      response.closeConnection("a request of " + frame.remaining() + " bytes has no header");
      return;
    }
    ApiKey key = ApiKey.forId(frame.getShort(start));
    boolean isHeartbeat = key == ApiKey.HEARTBEAT || key == ApiKey.CONSUMER_GROUP_HEARTBEAT;
    response.connection().requestCanWait(isHeartbeat);
    short version = frame.getShort(start + Short.BYTES);
    ApiHandler handler = key == null ? null : handlers.handler(key);
    if (key == null || handler == null) {
      response.closeConnection("API key " + frame.getShort(start) + " is not served");
      return;
    }
    boolean served = version >= handler.lowestVersion() && version <= handler.highestVersion();
    if (!served) {
      refuseVersion(key, version, frame, response);
      return;
    }
    ProtocolReader reader = new ProtocolReader(frame);
    RequestHeader header = new RequestHeader();
    header.read(reader, key.requestHeaderVersion(version));
    response.connection().liftFrameCap();
    if (key != ApiKey.PRODUCE) {
      // A client that sends both without waiting may expect the one to see the other.
      handlers.flushAppends();
    }
    handler.handle(
        new NetworkRequest(key, header, reader, session(response.connection()), response, nowNs));
  }

  private void refuseVersion(
      ApiKey key, short version, ByteBuffer frame, PendingResponse response) {
    if (key == ApiKey.API_VERSIONS) {
      int correlationId = frame.getInt(frame.position() + 2 * Short.BYTES);
      response.complete(
          new NetworkResponse(
              key, (short) 0, correlationId, handlers.unsupportedApiVersions(), null));
    } else {
      response.closeConnection(key + " version " + version + " is not served");
    }
  }

  private ClientSession session(Connection connection) {
    if (connection.attachment() instanceof ClientSession session) {
      return session;
    }
    ClientSession session =
        new ClientSession(
            connection.remoteAddress().getAddress(), listenerNames.get(connection.listener()));
    connection.attach(session);
    return session;
  }

  @Override
  public void endOfTurn(long nowNs) {
    handlers.flushAppends();
  }

  @Override
  public long nextDeadlineNs() {
    return handlers.nextDeadlineNs();
  }

  @Override
  public void onDeadline(long nowNs) {
    handlers.onDeadline(nowNs);
  }

  @Override
  public void drain() {
    handlers.drain();
  }

  @Override
  public void connectionClosed(Connection connection) {
    @Nullable Object attachment = connection.attachment();
    if (attachment instanceof ClientSession session) {
      session.closed();
    }
  }
}
