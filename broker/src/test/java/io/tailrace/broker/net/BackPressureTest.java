package io.tailrace.broker.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.env.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class BackPressureTest {
  private static final byte[] SMALL = {1};
  private static final byte[] MEGABYTE = new byte[1 << 20];

  @Test
  void aClientThatDoesNotReadHoldsLittleMemoryAndGetsAllWhenItDoes() throws Exception {
    int count = 2_000;
    TestSettings settings = new TestSettings();
    settings.eventLoops = 1;
    settings.sendBufferBytes = 64 << 10;
    try (TestServer server = new TestServer(settings, request -> request.answer(MEGABYTE));
        Client slow = new Client(server.network.addresses().getFirst(), null, 64 << 10);
        Client other = server.connect()) {
      Thread sender = Thread.ofPlatform().start(() -> sendAll(slow, count));
      await().until(() -> server.requests() > 0);
      for (int i = 0; i < 20; i++) {
        other.send(i, SMALL);
        other.expect(i);
      }
      // One response of 1 MiB, the high mark, and one small buffer of requests.
      assertThat(server.usedBytes()).isLessThan(2 << 20);
      assertThat(server.requests()).isLessThan(30);
      for (int i = 0; i < count; i++) {
        assertThat(slow.expect(i)).hasSize(MEGABYTE.length);
        if (i % 100 == 0) {
          assertThat(server.usedBytes()).isLessThan(3 << 20);
        }
      }
      sender.join();
      await().until(() -> server.usedBytes() == 0);
    }
  }

  private static void sendAll(Client client, int count) {
    try {
      for (int i = 0; i < count; i++) {
        client.send(i, SMALL);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aConnectionHasABoundedNumberOfOpenRequests() throws Exception {
    int count = 5 * Connection.MAX_UNANSWERED;
    List<Request> open = new CopyOnWriteArrayList<>();
    try (TestServer server = new TestServer(new TestSettings(), open::add);
        Client client = server.connect();
        Client other = server.connect()) {
      sendAll(client, count);
      await().until(() -> open.size() == Connection.MAX_UNANSWERED);
      other.send(1, SMALL);
      await().until(() -> open.size() == Connection.MAX_UNANSWERED + 1);
      open.removeLast().echo();
      other.expect(1);
      int answered = 0;
      while (answered < count) {
        List<Request> batch = new ArrayList<>(open);
        open.removeAll(batch);
        assertThat(batch).hasSizeLessThanOrEqualTo(Connection.MAX_UNANSWERED);
        batch.forEach(Request::echo);
        answered += batch.size();
      }
      for (int i = 0; i < count; i++) {
        client.expect(i);
      }
    }
  }

  @Test
  void itsOpenRequestsHaveABoundedSizeButAnyOneOfThemMayBeLarger() throws Exception {
    byte[] large = new byte[2 * Connection.MAX_UNANSWERED_BYTES];
    int fitting = Connection.MAX_UNANSWERED_BYTES / MEGABYTE.length;
    List<Request> open = new CopyOnWriteArrayList<>();
    try (TestServer server = new TestServer(new TestSettings(), open::add);
        Client client = server.connect();
        Client other = server.connect()) {
      client.send(0, SMALL);
      await().until(() -> !open.isEmpty());
      open.removeFirst().echo();
      client.expect(0);
      Thread sender =
          Thread.ofPlatform()
              .start(() -> {
                sendQuietly(client, large);
                for (int i = 0; i < 3 * fitting; i++) {
                  sendQuietly(client, MEGABYTE);
                }
              });
      await().until(() -> open.size() == 1);
      other.send(1, SMALL);
      await().until(() -> open.size() == 2);
      open.removeLast().echo();
      other.expect(1);
      open.removeLast().answer(SMALL);
      client.expect(3);
      for (int answered = 0; answered < 3 * fitting; answered++) {
        await().until(() -> !open.isEmpty());
        assertThat(open).hasSizeLessThanOrEqualTo(fitting);
        open.removeFirst().answer(SMALL);
        client.expect(3);
      }
      sender.join();
    }
  }

  @Test
  void framesThatNeverEndHoldUpOnlyLargeOnesAndNotForLong() throws Exception {
    ManualClock clock = new ManualClock();
    TestSettings settings = new TestSettings();
    settings.requestMaxBytes = 8 << 20;
    settings.inputBudgetBytes = 18 << 20;
    try (TestServer server = new TestServer(clock, settings, Request::echo)) {
      List<Client> hostile = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        Client client = server.connect();
        client.send(0, SMALL);
        client.expect(0);
        client.sendInt(settings.requestMaxBytes);
        client.sendRaw(new byte[100_000]);
        hostile.add(client);
      }
      await().until(() -> server.usedBytes() > 16 << 20);
      try (Client honest = server.connect();
          Client small = server.connect()) {
        honest.send(1, SMALL);
        honest.expect(1);
        Thread sender = Thread.ofPlatform().start(() -> sendQuietly(honest, new byte[5 << 20]));
        small.send(2, new byte[60_000]);
        small.expect(2);
        assertThat(server.usedBytes()).isLessThan(20 << 20);
        FutureTask<byte[]> answer = new FutureTask<>(() -> honest.expect(3));
        Thread.ofPlatform().start(answer);
        // The clock goes on until the answer is there: on a loaded machine the hostile bytes may
        // arrive late. Not too fast, or the honest client would be the slow one.
        for (int second = 0; second < 500 && !isDone(answer, 20); second++) {
          clock.advance(Duration.ofSeconds(1));
          server.turn();
        }
        assertThat(answer.get(1, TimeUnit.SECONDS)).hasSize(5 << 20);
        sender.join();
      }
      assertThat(server.closedConnections()).isGreaterThanOrEqualTo(2);
      for (Client client : hostile) {
        client.close();
      }
      await().until(() -> server.usedBytes() == 0);
      assertThat(server.network.inputBudgetUsedBytes()).isZero();
    }
  }

  private static boolean isDone(Future<?> task, long waitMs) throws Exception {
    try {
      task.get(waitMs, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  private static void sendQuietly(Client client, byte[] body) {
    try {
      client.send(3, body);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void manyLargeFramesShareASmallBudget() throws Exception {
    TestSettings settings = new TestSettings();
    settings.requestMaxBytes = 4 << 20;
    settings.inputBudgetBytes = 10 << 20;
    int clients = 12;
    try (TestServer server = new TestServer(Clock.system(), settings, Request::echo)) {
      List<Thread> threads = new ArrayList<>();
      List<Integer> done = new CopyOnWriteArrayList<>();
      for (int c = 0; c < clients; c++) {
        int number = c;
        threads.add(
            Thread.ofPlatform()
                .start(() -> {
                  exchangeLarge(server, number);
                  done.add(number);
                }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(done).hasSize(clients);
      await().until(() -> server.usedBytes() == 0);
      assertThat(server.network.inputBudgetUsedBytes()).isZero();
    }
  }

  private static void exchangeLarge(TestServer server, int number) {
    try (Client client = server.connect()) {
      client.send(0, SMALL);
      client.expect(0);
      for (int i = 0; i < 20; i++) {
        byte[] body = new byte[70_000 + (number * 997 + i * 331_337) % 4_000_000];
        body[body.length - 1] = (byte) i;
        client.send(i, body);
        assertThat(client.expect(i)).isEqualTo(body);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
