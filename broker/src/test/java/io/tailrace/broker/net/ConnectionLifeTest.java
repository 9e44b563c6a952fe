package io.tailrace.broker.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tailrace.env.Clock;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class ConnectionLifeTest {
  private static final byte[] BODY = {9};

  /** Silenced where a test makes errors on purpose. */
  private final Logger log = Logger.getLogger("io.tailrace.broker.net");

  @AfterEach
  void logAgain() {
    log.setLevel(null);
  }

  @Test
  void aHalfClosedPeerGetsTheAnswersThatAreComplete() throws Exception {
    try (TestServer server = new TestServer(new TestSettings(), Request::echo);
        Client client = server.connect()) {
      for (int i = 0; i < 50; i++) {
        client.send(i, BODY);
      }
      client.socket.shutdownOutput();
      for (int i = 0; i < 50; i++) {
        client.expect(i);
      }
      client.expectClosed();
      await().until(() -> server.network.connectionCount() == 0);
    }
  }

  @Test
  void aHalfClosedPeerIsNotKeptForAParkedAnswer() throws Exception {
    BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    try (TestServer server = new TestServer(new TestSettings(), requests::add);
        Client client = server.connect()) {
      client.send(1, BODY);
      Request parked = requests.take();
      client.socket.shutdownOutput();
      client.expectClosed();
      await().until(() -> server.closedConnections() == 1);
      parked.echo();
      assertThat(parked.released).hasValue(1);
    }
  }

  @Test
  void idleConnectionsAreClosedAndBusyOnesNot() throws Exception {
    ManualClock clock = new ManualClock();
    TestSettings settings = new TestSettings();
    settings.maxIdleMs = 10_000;
    try (TestServer server = new TestServer(clock, settings, Request::echo);
        Client idle = server.connect();
        Client busy = server.connect()) {
      await().until(() -> server.network.connectionCount() == 2);
      for (int second = 1; second <= 9; second++) {
        clock.advance(Duration.ofSeconds(1));
        busy.send(second, BODY);
        busy.expect(second);
      }
      server.turn();
      assertThat(server.network.connectionCount()).isEqualTo(2);
      clock.advance(Duration.ofSeconds(2));
      server.turn();
      idle.expectClosed();
      busy.send(10, BODY);
      busy.expect(10);
      assertThat(server.network.connectionCount()).isEqualTo(1);
    }
  }

  @Test
  void connectionsBeyondTheMaximumAreRefused() throws Exception {
    TestSettings settings = new TestSettings();
    settings.maxConnections = 3;
    try (TestServer server = new TestServer(settings, Request::echo)) {
      List<Client> clients = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        clients.add(server.connect());
      }
      try (Client refused = server.connect()) {
        refused.expectClosed();
      }
      clients.removeFirst().close();
      await().until(() -> server.network.connectionCount() == 2);
      clients.add(server.connect());
      for (Client client : clients) {
        client.send(1, BODY);
        client.expect(1);
        client.close();
      }
    }
  }

  @Test
  void connectionsOfOneAddressAreLimited() throws Exception {
    TestSettings settings = new TestSettings();
    settings.maxConnectionsPerIp = 1;
    settings.perIpOverrides = Map.of(InetAddress.getByName("127.0.0.2"), 2);
    try (TestServer server = new TestServer(settings, Request::echo);
        Client first = connectFrom(server, "127.0.0.1");
        Client refused = connectFrom(server, "127.0.0.1");
        Client second = connectFrom(server, "127.0.0.2");
        Client third = connectFrom(server, "127.0.0.2");
        Client refusedToo = connectFrom(server, "127.0.0.2")) {
      refused.expectClosed();
      refusedToo.expectClosed();
      for (Client client : List.of(first, second, third)) {
        client.send(1, BODY);
        client.expect(1);
      }
    }
  }

  private static Client connectFrom(TestServer server, String address) throws IOException {
    return new Client(server.network.addresses().getFirst(), new InetSocketAddress(address, 0), -1);
  }

  @Test
  void whatARequestThrowsClosesOnlyItsConnection() throws Exception {
    log.setLevel(Level.OFF);
    TestProcessor.Script script =
        request -> {
          switch (request.id) {
            case 1 -> throw new IllegalStateException("a test says so");
            case 2 -> overflow(1);
            case 3 -> request.answer(out -> overflow(1));
            default -> request.echo();
          }
        };
    TestSettings settings = new TestSettings();
    settings.eventLoops = 1;
    try (TestServer server = new TestServer(settings, script);
        Client other = server.connect()) {
      for (int fault = 1; fault <= 3; fault++) {
        try (Client client = server.connect()) {
          client.send(fault, BODY);
          client.expectClosed();
        }
        other.send(10, BODY);
        other.expect(10);
      }
      await().until(() -> server.usedBytes() == 0);
    }
  }

  private static int overflow(int depth) {
    return depth + overflow(depth + 1);
  }

  @Test
  void whatTheEndOfTheTurnThrowsClosesTheConnectionsOfTheTurn() throws Exception {
    log.setLevel(Level.OFF);
    TestServer.Processors failing =
        loop ->
            new TestProcessor(loop, request -> {}) {
              private int seen;

              @Override
              public void endOfTurn(long nowNs) {
                if (seen != requests.get()) {
                  seen = requests.get();
                  throw new IllegalStateException("a test says so");
                }
              }
            };
    try (TestServer server = new TestServer(new TestSettings(), Clock.system(), failing);
        Client client = server.connect()) {
      client.send(1, BODY);
      client.expectClosed();
      await().until(() -> server.closedConnections() == 1);
    }
  }

  @Test
  void thousandsOfConnectionsLeaveNothingBehind() throws Exception {
    int count = 3_000;
    try (TestServer server = new TestServer(new TestSettings(), Request::echo)) {
      for (int i = 0; i < count; i++) {
        try (Client client = server.connect()) {
          if (i % 3 == 0) {
            client.send(i, BODY);
            client.expect(i);
          } else if (i % 3 == 1) {
            client.sendInt(100);
          }
        }
      }
      await().until(() -> server.closedConnections() == count);
      assertThat(server.network.connectionCount()).isZero();
      assertThat(server.usedBytes()).isZero();
      assertThat(server.processors).allSatisfy(p -> assertThat(p.closed).isNotEmpty());
    }
  }

  @Test
  void deadlinesComeInTime() throws Exception {
    ManualClock clock = new ManualClock();
    BlockingQueue<Request> parked = new LinkedBlockingQueue<>();
    TestServer.Processors parking =
        loop ->
            new TestProcessor(loop, parked::add) {
              private long deadlineNs = Long.MAX_VALUE;

              @Override
              public void process(ByteBuffer frame, PendingResponse response, long nowNs) {
                deadlineNs = nowNs + Duration.ofMillis(500).toNanos();
                super.process(frame, response, nowNs);
              }

              @Override
              public long nextDeadlineNs() {
                return deadlineNs;
              }

              @Override
              public void onDeadline(long nowNs) {
                deadlineNs = Long.MAX_VALUE;
                parked.remove().echo();
              }
            };
    try (TestServer server = new TestServer(new TestSettings(), clock, parking);
        Client client = server.connect()) {
      client.send(1, BODY);
      await().until(() -> parked.size() == 1);
      clock.advance(Duration.ofMillis(499));
      server.turn();
      assertThat(parked).hasSize(1);
      clock.advance(Duration.ofMillis(1));
      client.expect(1);
    }
  }

  @Test
  void closingServesOpenRequestsFirstAndEndsAllThreads() throws Exception {
    BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    TestServer server = new TestServer(new TestSettings(), requests::add);
    try (Client open = server.connect();
        Client idle = server.connect()) {
      open.send(1, BODY);
      Request request = requests.take();
      Thread closer = Thread.ofPlatform().start(server::close);
      idle.expectClosed();
      request.echo();
      open.expect(1);
      open.expectClosed();
      closer.join();
      assertThat(server.network.connectionCount()).isZero();
      assertThat(networkThreads()).isEmpty();
      assertThatThrownBy(server::connect).isInstanceOf(IOException.class);
    }
  }

  @Test
  void closingDoesNotWaitForEver() throws Exception {
    BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    TestSettings settings = new TestSettings();
    settings.drainMs = 50;
    TestServer server = new TestServer(settings, requests::add);
    try (Client client = server.connect()) {
      client.send(1, BODY);
      Request request = requests.take();
      server.close();
      client.expectClosed();
      assertThat(server.closedConnections()).isEqualTo(1);
      request.echo();
      assertThat(request.released).hasValue(1);
    }
  }

  private static List<String> networkThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("tailrace-"))
        .toList();
  }

  @Test
  void anAddressInUseIsRefused() throws Exception {
    try (TestServer server = new TestServer(new TestSettings(), Request::echo);
        ServerSockets sockets = new ServerSockets(new TestSettings().build())) {
      InetSocketAddress taken = server.network.addresses().getFirst();
      assertThatThrownBy(() -> sockets.bind(taken)).isInstanceOf(BindException.class);
    }
  }
}
