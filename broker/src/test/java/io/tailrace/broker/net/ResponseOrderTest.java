package io.tailrace.broker.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tailrace.env.Clock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class ResponseOrderTest {
  private static final byte[] BODY = {1, 2, 3};

  @Test
  void answersLeaveInRequestOrderThoughOtherThreadsCompleteThemInAnother() throws Exception {
    int count = Connection.MAX_UNANSWERED - 1;
    List<Request> requests = new CopyOnWriteArrayList<>();
    try (TestServer server = new TestServer(new TestSettings(), requests::add);
        Client client = server.connect()) {
      for (int round = 0; round < 10; round++) {
        for (int i = 0; i < count; i++) {
          client.send(i, BODY);
        }
        await().until(() -> requests.size() == count);
        completeOnThreads(requests, new Random(round));
        for (int i = 0; i < count; i++) {
          assertThat(client.expect(i)).isEqualTo(BODY);
        }
        await().until(() -> requests.stream().allMatch(r -> r.released.get() == 1));
        requests.clear();
      }
    }
  }

  private static void completeOnThreads(List<Request> requests, Random random) throws Exception {
    List<Request> shuffled = new ArrayList<>(requests);
    Collections.shuffle(shuffled, random);
    List<Thread> threads = new ArrayList<>();
    int share = shuffled.size() / 3 + 1;
    for (int from = 0; from < shuffled.size(); from += share) {
      List<Request> part = shuffled.subList(from, Math.min(from + share, shuffled.size()));
      threads.add(Thread.ofPlatform().start(() -> part.forEach(Request::echo)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Test
  void requestsWithoutResponseLeaveNoGap() throws Exception {
    TestProcessor.Script script =
        request -> {
          if (request.id % 3 == 0) {
            request.response.completeWithoutResponse();
          } else {
            request.echo();
          }
        };
    try (TestServer server = new TestServer(new TestSettings(), script);
        Client client = server.connect()) {
      for (int i = 0; i < 100; i++) {
        client.send(i, BODY);
      }
      for (int i = 0; i < 100; i++) {
        if (i % 3 != 0) {
          client.expect(i);
        }
      }
    }
  }

  @Test
  void anAnswerCanBeGivenOnlyOnce() throws Exception {
    BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    try (TestServer server = new TestServer(new TestSettings(), requests::add);
        Client client = server.connect()) {
      client.send(1, BODY);
      Request request = requests.take();
      request.echo();
      assertThatThrownBy(request::echo).isInstanceOf(IllegalStateException.class);
      client.expect(1);
    }
  }

  @Test
  void anAnswerForAConnectionThatHasGoneIsReleased() throws Exception {
    BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    try (TestServer server = new TestServer(new TestSettings(), requests::add)) {
      Request completed;
      Request open;
      try (Client client = server.connect()) {
        client.send(1, BODY);
        client.send(2, BODY);
        open = requests.take();
        completed = requests.take();
        completed.echo();
      }
      await().until(() -> server.closedConnections() == 1);
      assertThat(completed.released).hasValue(1);
      assertThat(open.released).hasValue(0);
      open.echo();
      assertThat(open.released).hasValue(1);
    }
  }

  @Test
  void framesStayReadableUntilTheEndOfTheTurn() throws Exception {
    try (TestServer server =
            new TestServer(new TestSettings(), Clock.system(), GatheringProcessor::new);
        Client client = server.connect()) {
      for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 100; i++) {
          client.send(i, new byte[] {(byte) round, (byte) i});
        }
        for (int i = 0; i < 100; i++) {
          assertThat(client.expect(i)).containsExactly(round, i);
        }
      }
    }
  }

  /** Answers at the end of the turn, out of views of the frames made in {@code process}. */
  private static final class GatheringProcessor extends TestProcessor {
    private final List<ByteBuffer> frames = new ArrayList<>();
    private final List<PendingResponse> responses = new ArrayList<>();

    GatheringProcessor(EventLoop loop) {
      super(loop, request -> {});
    }

    @Override
    public void process(ByteBuffer frame, PendingResponse response, long nowNs) {
      frames.add(frame.slice());
      responses.add(response);
    }

    @Override
    public void endOfTurn(long nowNs) {
      for (int i = 0; i < frames.size(); i++) {
        ByteBuffer frame = frames.get(i);
        byte[] body = new byte[frame.remaining() - 4];
        int id = frame.getInt();
        frame.get(body);
        new Request(id, body, responses.get(i)).echo();
      }
      frames.clear();
      responses.clear();
    }
  }
}
