package io.tailrace.broker.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Time stands still unless a test moves it, so who waits in the lane waits until then. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class UnhurriedLaneTest {
  private static final Duration PERIOD = Duration.ofNanos(UnhurriedLane.PERIOD_NS);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final byte[] HEARTBEAT = {1};
  private static final byte[] OTHER = {2};
  private static final int CLIENTS = 10;

  /** Of one client in a second, two of which don't count. */
  private static final int OFTEN = 2 + UnhurriedLane.OPENING_RATE / CLIENTS;

  private final ManualClock clock = new ManualClock();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final List<Integer> turnsOfRequests = new CopyOnWriteArrayList<>();
  private final List<Client> clients = new ArrayList<>();
  private byte[] largeAnswer = {};
  private boolean isParking;
  private TestServer server;

  @BeforeEach
  void start() throws IOException {
    TestSettings settings = new TestSettings();
    settings.eventLoops = 1;
    settings.maxIdleMs = 10_000;
    settings.sendBufferBytes = 64 << 10;
    server = new TestServer(clock, settings, this::handle);
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new Client(server.network.addresses().getFirst(), null, 64 << 10));
    }
  }

  private void handle(Request request) {
    request.response.connection().requestCanWait(request.body[0] == HEARTBEAT[0]);
    requests.add(request);
    turnsOfRequests.add(server.turns());
    if (largeAnswer.length > 0) {
      request.answer(largeAnswer);
    } else if (!isParking) {
      request.echo();
    }
  }

  @AfterEach
  void stop() throws IOException {
    for (Client client : clients) {
      client.close();
    }
    server.close();
  }

  private void exchange(Client client, byte[] body, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      client.send(i, body);
    }
    for (int i = 0; i < count; i++) {
      assertThat(client.expect(i)).isEqualTo(body);
    }
  }

  private void heartbeatsOfASecond() throws IOException {
    for (Client client : clients) {
      exchange(client, HEARTBEAT, OFTEN);
    }
    pass(SECOND);
  }

  private void pass(Duration time) {
    clock.advance(time);
    server.turn();
  }

  /** Lets looks at the lane go by until the server has got so many requests more. */
  private void passUntilServed(int count) {
    int all = requests.size() + count;
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> {
          pass(PERIOD);
          return requests.size() >= all;
        });
    server.turn();
  }

  private void enterAll() throws IOException {
    heartbeatsOfASecond();
    for (Client client : clients) {
      exchange(client, HEARTBEAT, 1);
    }
    server.turn();
    assertThat(inLane()).isEqualTo(CLIENTS);
  }

  private int inLane() {
    EventLoop loop = server.processors.getFirst().loop;
    return TestServer.onLoop(loop, () -> loop.lane().size());
  }

  @Test
  void heartbeatsWaitForEachOtherAndShareATurn() throws Exception {
    enterAll();
    // The network under it may be late, but not every time.
    await().pollDelay(Duration.ZERO).until(() -> turnsForAHeartbeatOfAll() == 1);
    assertThat(inLane()).isEqualTo(CLIENTS);
  }

  private long turnsForAHeartbeatOfAll() throws IOException {
    turnsOfRequests.clear();
    for (Client client : clients) {
      client.send(7, HEARTBEAT);
    }
    pass(PERIOD.minusNanos(1));
    assertThat(turnsOfRequests).isEmpty();
    clock.advance(Duration.ofNanos(1));
    server.turn();
    if (turnsOfRequests.size() < CLIENTS) {
      passUntilServed(CLIENTS - turnsOfRequests.size());
    }
    for (Client client : clients) {
      client.expect(7);
    }
    return turnsOfRequests.stream().distinct().count();
  }

  @Test
  void whoeverSendsSomethingElseNeverWaits() throws Exception {
    for (int second = 0; second < 3; second++) {
      for (Client client : clients) {
        for (int i = 0; i < OFTEN; i++) {
          exchange(client, HEARTBEAT, 1);
          exchange(client, OTHER, 1);
        }
      }
      pass(SECOND);
      assertThat(inLane()).isZero();
    }
  }

  @Test
  void nobodyWaitsWhileHeartbeatsAreRare() throws Exception {
    for (int second = 0; second < 3; second++) {
      for (Client client : clients) {
        exchange(client, HEARTBEAT, OFTEN - 4);
      }
      pass(SECOND);
      assertThat(inLane()).isZero();
    }
  }

  @Test
  void anotherRequestTakesItsConnectionOut() throws Exception {
    enterAll();
    Client client = clients.getFirst();
    client.send(1, OTHER);
    passUntilServed(1);
    client.expect(1);
    assertThat(inLane()).isEqualTo(CLIENTS - 1);
    exchange(client, OTHER, 3);
    exchange(client, HEARTBEAT, 2);
    assertThat(inLane()).isEqualTo(CLIENTS);
  }

  @Test
  void aHeartbeatWithAnotherRequestBehindIt() throws Exception {
    enterAll();
    Client client = clients.getFirst();
    byte[] both = new byte[18];
    System.arraycopy(Client.frame(1, HEARTBEAT), 0, both, 0, 9);
    System.arraycopy(Client.frame(2, OTHER), 0, both, 9, 9);
    client.sendRaw(both);
    passUntilServed(2);
    client.expect(1);
    client.expect(2);
    assertThat(inLane()).isEqualTo(CLIENTS - 1);
    exchange(client, HEARTBEAT, 1);
  }

  @Test
  void theRestOfALargeRequestDoesNotComeByTheLane() throws Exception {
    enterAll();
    Client client = clients.getFirst();
    byte[] body = new byte[1 << 20];
    byte[] frame = Client.frame(1, body);
    client.sendRaw(Arrays.copyOf(frame, 100));
    await()
        .until(() -> {
          pass(PERIOD);
          return inLane() == CLIENTS - 1;
        });
    client.sendRaw(Arrays.copyOfRange(frame, 100, frame.length));
    assertThat(client.expect(1)).isEqualTo(body);
  }

  @Test
  void whoDoesNotReadItsAnswersIsOutUntilItHas() throws Exception {
    enterAll();
    largeAnswer = new byte[4 << 20];
    Client client = clients.getFirst();
    client.send(1, HEARTBEAT);
    passUntilServed(1);
    assertThat(inLane()).isEqualTo(CLIENTS - 1);
    assertThat(client.expect(1)).hasSize(largeAnswer.length);
    await().until(() -> inLane() == CLIENTS);
  }

  @Test
  void anAnswerThatComesLateDoesNotWaitForTheLane() throws Exception {
    enterAll();
    isParking = true;
    clients.getFirst().send(1, HEARTBEAT);
    passUntilServed(1);
    requests.getLast().echo();
    clients.getFirst().expect(1);
  }

  @Test
  void emptiesWhenHeartbeatsHaveBecomeRare() throws Exception {
    enterAll();
    clients.getFirst().send(1, HEARTBEAT);
    pass(SECOND);
    clients.getFirst().expect(1);
    assertThat(inLane()).isZero();
    for (Client client : clients) {
      exchange(client, HEARTBEAT, 3);
    }
    assertThat(inLane()).isZero();
    enterAll();
  }

  @Test
  void peersThatLeaveAreNoticed() throws Exception {
    long filesBefore = openFiles();
    enterAll();
    for (Client client : clients) {
      client.close();
    }
    await()
        .until(() -> {
          pass(PERIOD);
          return server.network.connectionCount() == 0;
        });
    assertThat(inLane()).isZero();
    assertThat(server.usedBytes()).isZero();
    // Of each connection both sides: a key that nobody looks after would keep the socket open.
    await().until(() -> openFiles() <= filesBefore - CLIENTS);
  }

  private static long openFiles() {
    var system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getOpenFileDescriptorCount();
  }

  @Test
  void aConnectionThatTheServerEndsIsGoneAtOnce() throws Exception {
    enterAll();
    requests.getLast().response.connection().stopReading();
    clients.getLast().expectClosed();
    assertThat(inLane()).isEqualTo(CLIENTS - 1);
    assertThat(server.network.connectionCount()).isEqualTo(CLIENTS - 1);
  }

  @Test
  void idleConnectionsAreClosed() throws Exception {
    enterAll();
    Client idle = clients.removeLast();
    for (int second = 0; second < 10; second++) {
      assertThat(inLane()).isEqualTo(CLIENTS);
      for (Client client : clients) {
        for (int i = 0; i < OFTEN; i++) {
          client.send(i, HEARTBEAT);
        }
      }
      passUntilServed(clients.size() * OFTEN);
      for (Client client : clients) {
        for (int i = 0; i < OFTEN; i++) {
          client.expect(i);
        }
      }
      pass(SECOND);
    }
    idle.expectClosed();
    idle.close();
    assertThat(inLane()).isEqualTo(CLIENTS - 1);
    assertThat(server.network.connectionCount()).isEqualTo(CLIENTS - 1);
  }

  @Test
  void aServerThatClosesAnswersWhatIsOpen() throws Exception {
    enterAll();
    isParking = true;
    clients.getFirst().send(1, HEARTBEAT);
    passUntilServed(1);
    Thread closer = Thread.ofPlatform().start(server::close);
    clients.getLast().expectClosed();
    requests.getLast().echo();
    clients.getFirst().expect(1);
    clients.getFirst().expectClosed();
    closer.join();
    assertThat(server.closedConnections()).isEqualTo(CLIENTS);
  }

  @Test
  void opensAtOneRateAndShutsAtHalfOfIt() throws Exception {
    UnhurriedLane lane = new UnhurriedLane();
    long nowNs = clock.nanoTime();
    lane.start(nowNs);
    int[] rates = {499, 500, 250, 499, 249, 250, 499, 1_000};
    boolean[] open = {false, true, true, true, false, false, false, true};
    for (int second = 0; second < rates.length; second++) {
      for (int i = 0; i < 2 * rates[second]; i++) {
        lane.count();
      }
      lane.review(nowNs + SECOND.toNanos() - 1);
      nowNs += 2 * SECOND.toNanos();
      lane.review(nowNs);
      assertThat(lane.isOpen()).as("%d/s", rates[second]).isEqualTo(open[second]);
      assertThat(lane.isDue(nowNs)).isFalse();
      assertThat(lane.waitNs(nowNs)).isEqualTo(Long.MAX_VALUE);
    }
    lane.close();
  }
}
