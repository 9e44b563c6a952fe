package io.tailrace.broker.net;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Reads the tests' protocol and leaves the rest to the test. */
class TestProcessor implements RequestProcessor {
  final EventLoop loop;
  final List<Connection> closed = new CopyOnWriteArrayList<>();
  final AtomicInteger requests = new AtomicInteger();
  final AtomicInteger turns = new AtomicInteger();
  private final Script script;

  TestProcessor(EventLoop loop, Script script) {
    this.loop = loop;
    this.script = script;
  }

  interface Script {
    void handle(Request request);
  }

  @Override
  public void process(ByteBuffer frame, PendingResponse response, long nowNs) {
    requests.incrementAndGet();
    response.connection().liftFrameCap();
    int id = frame.getInt();
    byte[] body = new byte[frame.remaining()];
    frame.get(body);
    script.handle(new Request(id, body, response));
  }

  @Override
  public void endOfTurn(long nowNs) {
    turns.incrementAndGet();
  }

  @Override
  public long nextDeadlineNs() {
    return Long.MAX_VALUE;
  }

  @Override
  public void onDeadline(long nowNs) {
    throw new AssertionError("there is no deadline");
  }

  @Override
  public void connectionClosed(Connection connection) {
    closed.add(connection);
  }
}
