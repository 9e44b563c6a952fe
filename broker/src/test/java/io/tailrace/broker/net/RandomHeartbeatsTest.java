package io.tailrace.broker.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/**
 * Connections that send heartbeats and other requests at random, come and go, while time passes at
 * random, against the model: every request is answered, in order; who sent another request last is
 * answered without time passing; who is in the lane sent two heartbeats last.
 */
@Timeout(value = 600, threadMode = ThreadMode.SEPARATE_THREAD)
class RandomHeartbeatsTest {
  private static final byte HEARTBEAT = 1;
  private static final byte OTHER = 2;
  private static final byte[] LARGE = new byte[400_000];

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @Test
  void nobodyIsForgottenInTheLane() throws Exception {
    new Run(20_261_123).steps(500);
  }

  @Test
  @Tag("campaign")
  void nobodyIsForgottenInTheLaneForMinutes() throws Exception {
    for (long seed = 0; seed < 100; seed++) {
      try {
        new Run(seed).steps(1_000);
      } catch (Exception | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static final class Peer {
    final Client client;
    final Deque<Integer> open = new ArrayDeque<>();
    int lastId;
    boolean isHurried = true;

    Peer(Client client) {
      this.client = client;
    }

    byte[] frame(byte kind, byte[] padding) {
      byte[] body = padding.clone();
      body[0] = kind;
      isHurried = kind == OTHER;
      open.add(++lastId);
      return Client.frame(lastId, body);
    }
  }

  private final class Run {
    private final Random random;
    private final ManualClock clock = new ManualClock();
    private final Map<Connection, String> lastTwo = new ConcurrentHashMap<>();
    private final Map<Connection, Integer> lastTurn = new ConcurrentHashMap<>();
    private final TestServer server;
    private final List<Peer> peers = new ArrayList<>();
    private int seenInLane;

    Run(long seed) throws IOException {
      random = new Random(seed);
      TestSettings settings = new TestSettings();
      settings.eventLoops = 1;
      settings.firstRequestMaxBytes = settings.requestMaxBytes;
      settings.maxIdleMs = -1;
      settings.sendBufferBytes = 64 << 10;
      server = new TestServer(clock, settings, this::handle);
    }

    private void handle(Request request) {
      Connection connection = request.response.connection();
      boolean isHeartbeat = request.body[0] == HEARTBEAT;
      connection.requestCanWait(isHeartbeat);
      lastTwo.merge(
          connection, isHeartbeat ? "h" : "o", (old, now) -> old.charAt(old.length() - 1) + now);
      lastTurn.put(connection, server.turns());
      request.answer(request.id % 50 == 0 ? LARGE : request.body);
    }

    void steps(int count) throws Exception {
      try (server) {
        for (int i = 0; i < 8; i++) {
          peers.add(new Peer(server.connect()));
        }
        openLane();
        assertThat(seenInLane).isEqualTo(peers.size());
        for (int i = 0; i < count; i++) {
          step(peers.get(random.nextInt(peers.size())));
          checkLane();
        }
        for (Peer peer : peers) {
          settle(peer);
          peer.client.close();
        }
        await()
            .until(() -> {
              pass(Duration.ofMillis(5));
              return server.network.connectionCount() == 0;
            });
        assertThat(server.usedBytes()).isZero();
      }
    }

    /** No time need pass for that, so it does not matter how fast the machine is. */
    private void openLane() throws IOException {
      heartbeatsOfAll(2 + UnhurriedLane.OPENING_RATE / peers.size() + 1);
      pass(Duration.ofSeconds(1));
      heartbeatsOfAll(1);
      server.turn();
      checkLane();
    }

    private void heartbeatsOfAll(int count) throws IOException {
      for (Peer peer : peers) {
        for (int i = 0; i < count; i++) {
          peer.client.sendRaw(peer.frame(HEARTBEAT, new byte[1]));
          peer.client.expect(peer.open.remove());
        }
      }
    }

    /** Only of connections whose last turn is over: the others may be about to leave. */
    private void checkLane() {
      TestProcessor processor = server.processors.getFirst();
      List<Connection> wrong =
          TestServer.onLoop(
              processor.loop,
              () -> {
                List<Connection> inside = new ArrayList<>(lastTwo.keySet());
                inside.removeAll(processor.closed);
                inside.removeIf(c -> !c.isInLane());
                seenInLane += inside.size();
                boolean isCounted = inside.size() == processor.loop.lane().size();
                inside.removeIf(c -> lastTurn.get(c) == server.turns());
                inside.removeIf(c -> isCounted && lastTwo.get(c).equals("hh"));
                return inside;
              });
      assertThat(wrong).isEmpty();
    }

    private void step(Peer peer) throws Exception {
      switch (random.nextInt(12)) {
        case 0, 1, 2, 3 -> sendHeartbeats(peer, 1 + random.nextInt(200));
        case 4 -> sendHeartbeats(peer, 1);
        case 5 -> peer.client.sendRaw(peer.frame(OTHER, new byte[1]));
        case 6 -> sendInTwo(peer, random.nextInt(3) == 0 ? LARGE : new byte[100]);
        case 7 -> pass(Duration.ofMillis(random.nextInt(10)));
        case 8 -> pass(Duration.ofMillis(random.nextInt(600)));
        case 9 -> replace(peer);
        case 10 -> settle(peer);
        default -> exchangeInHurry(peer);
      }
    }

    private void sendHeartbeats(Peer peer, int count) throws Exception {
      settle(peer);
      for (int i = 0; i < count; i++) {
        peer.client.sendRaw(peer.frame(HEARTBEAT, new byte[1]));
      }
    }

    private void sendInTwo(Peer peer, byte[] padding) throws Exception {
      settle(peer);
      byte[] frame = peer.frame(random.nextBoolean() ? HEARTBEAT : OTHER, padding);
      int split = 1 + random.nextInt(frame.length - 1);
      peer.client.sendRaw(Arrays.copyOf(frame, split));
      pass(Duration.ofMillis(random.nextInt(7)));
      Future<?> rest =
          threads.submit(() -> {
            peer.client.sendRaw(Arrays.copyOfRange(frame, split, frame.length));
            return null;
          });
      settle(peer);
      rest.get();
    }

    private void replace(Peer peer) throws IOException {
      peer.client.close();
      peers.set(peers.indexOf(peer), new Peer(server.connect()));
    }

    private void exchangeInHurry(Peer peer) throws Exception {
      settle(peer);
      if (peer.isHurried) {
        peer.client.sendRaw(peer.frame(OTHER, new byte[1]));
        peer.client.expect(peer.open.remove());
      }
    }

    /** Lets time pass until all that was sent is answered. */
    private void settle(Peer peer) throws Exception {
      Future<?> reading =
          threads.submit(() -> {
            while (!peer.open.isEmpty()) {
              peer.client.expect(peer.open.remove());
            }
            return null;
          });
      while (!isDone(reading)) {
        pass(Duration.ofMillis(5));
      }
    }

    private static boolean isDone(Future<?> task) throws Exception {
      try {
        task.get(1, TimeUnit.MILLISECONDS);
        return true;
      } catch (TimeoutException e) {
        return false;
      }
    }

    private void pass(Duration time) {
      clock.advance(time);
      server.turn();
    }
  }
}
