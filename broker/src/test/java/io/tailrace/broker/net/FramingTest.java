package io.tailrace.broker.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class FramingTest {
  @Test
  void manySmallFramesInOneSegmentTakeFewTurns() throws Exception {
    int count = 200;
    TestSettings settings = new TestSettings();
    settings.eventLoops = 1;
    try (TestServer server = new TestServer(settings, Request::echo);
        Client client = server.connect()) {
      ByteBuffer all = ByteBuffer.allocate(count * 10);
      for (int i = 0; i < count; i++) {
        all.put(Client.frame(i, new byte[] {(byte) i, 7}));
      }
      client.sendRaw(all.array());
      for (int i = 0; i < count; i++) {
        assertThat(client.expect(i)).containsExactly(i, 7);
      }
      assertThat(server.requests()).isEqualTo(count);
      assertThat(server.turns()).isLessThan(20);
    }
  }

  @Test
  void framesOfManyMegabytesComeWhole() throws Exception {
    try (TestServer server = new TestServer(new TestSettings(), Request::echo);
        Client client = server.connect()) {
      Random random = new Random(5);
      for (int i = 0; i < 12; i++) {
        client.send(i, new byte[] {1});
        assertThat(client.expect(i)).containsExactly(1);
        byte[] body = new byte[1 + random.nextInt(1 << (20 + i % 5))];
        random.nextBytes(body);
        client.send(i, body);
        assertThat(client.expect(i)).isEqualTo(body);
      }
      await().until(() -> server.usedBytes() == 0);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, (32 << 20) + 1})
  void aHostileLengthClosesItsConnectionAfterTheAnswersBeforeIt(int length) throws Exception {
    try (TestServer server = new TestServer(new TestSettings(), Request::echo);
        Client other = server.connect();
        Client hostile = server.connect()) {
      hostile.sendRaw(
          ByteBuffer.allocate(32)
              .put(Client.frame(1, new byte[] {1}))
              .put(Client.frame(2, new byte[] {2}))
              .putInt(length)
              .putLong(0)
              .array());
      assertThat(hostile.expect(1)).containsExactly(1);
      assertThat(hostile.expect(2)).containsExactly(2);
      hostile.expectClosed();
      other.send(3, new byte[] {3});
      assertThat(other.expect(3)).containsExactly(3);
      await().until(() -> server.closedConnections() == 1 && server.usedBytes() == 0);
    }
  }

  @Test
  void theFirstFrameHasASmallCap() throws Exception {
    int cap = new TestSettings().firstRequestMaxBytes;
    try (TestServer server = new TestServer(new TestSettings(), Request::echo);
        Client modest = server.connect();
        Client greedy = server.connect()) {
      greedy.sendInt(cap + 1);
      greedy.expectClosed();
      byte[] largest = new byte[cap - 4];
      modest.send(1, largest);
      assertThat(modest.expect(1)).isEqualTo(largest);
      byte[] larger = new byte[2 * cap];
      modest.send(2, larger);
      assertThat(modest.expect(2)).isEqualTo(larger);
    }
  }

  @Test
  void aProtocolViolationClosesTheConnectionAfterEarlierAnswers() throws Exception {
    TestProcessor.Script script =
        request -> {
          if (request.id == 2) {
            request.response.closeConnection("a test says so");
          } else {
            request.echo();
          }
        };
    try (TestServer server = new TestServer(new TestSettings(), script);
        Client client = server.connect()) {
      client.sendRaw(
          ByteBuffer.allocate(24)
              .put(Client.frame(1, new byte[0]))
              .put(Client.frame(2, new byte[0]))
              .put(Client.frame(3, new byte[0]))
              .array());
      client.expect(1);
      client.expectClosed();
      assertThat(server.requests()).isEqualTo(2);
    }
  }
}
