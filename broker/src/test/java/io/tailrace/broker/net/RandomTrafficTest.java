package io.tailrace.broker.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.env.Clock;
import io.tailrace.protocol.FileRecords;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random frames in random chunks, answered at once, later, on other threads, not at all or out of a
 * file, against the model "every request is answered once, in order, with what it asked for".
 */
@Timeout(value = 600, threadMode = ThreadMode.SEPARATE_THREAD)
class RandomTrafficTest {
  private static final int FILE_BYTES = 1 << 20;

  @TempDir Path folder;

  @Test
  void everyRequestIsAnsweredInOrder() throws Exception {
    run(20_261_122, 12);
  }

  @Test
  @Tag("campaign")
  void everyRequestIsAnsweredInOrderForMinutes() throws Exception {
    for (long seed = 0; seed < 60; seed++) {
      run(seed, 12);
    }
  }

  private void run(long seed, int clients) throws Exception {
    ConcurrentLinkedQueue<Request> all = new ConcurrentLinkedQueue<>();
    TestSettings settings = new TestSettings();
    settings.requestMaxBytes = 1 << 20;
    settings.inputBudgetBytes = 5 << 20;
    ExecutorService threads = Executors.newCachedThreadPool();
    try (TestFile file = new TestFile(folder.resolve("file-" + seed), FILE_BYTES);
        TestServer server =
            new TestServer(
                settings, Clock.system(), loop -> Answering.create(loop, all, threads, file))) {
      List<Future<?>> runs = new ArrayList<>();
      for (int c = 0; c < clients; c++) {
        Random random = new Random(seed * 1000 + c);
        runs.add(threads.submit(() -> talk(server, random, file, threads)));
      }
      for (int c = 0; c < clients; c++) {
        try {
          runs.get(c).get();
        } catch (Exception e) {
          throw new AssertionError("seed " + seed + ", client " + c, e);
        }
      }
      await().until(() -> server.closedConnections() == clients);
      await().until(() -> all.stream().allMatch(r -> r.released.get() == (r.id % 6 == 4 ? 0 : 1)));
      assertThat(server.usedBytes()).as("seed %d", seed).isZero();
      assertThat(server.network.inputBudgetUsedBytes()).as("seed %d", seed).isZero();
    } finally {
      threads.shutdownNow();
    }
  }

  /** What a request wants is in its id, modulo 6; 5 asks for a slice of the file. */
  private static final class Answering extends TestProcessor {
    private final List<Request> later;

    Answering(EventLoop loop, TestProcessor.Script script, List<Request> later) {
      super(loop, script);
      this.later = later;
    }

    static Answering create(
        EventLoop loop,
        ConcurrentLinkedQueue<Request> all,
        ExecutorService threads,
        TestFile file) {
      List<Request> later = new ArrayList<>();
      TestProcessor.Script script =
          request -> {
            all.add(request);
            switch (request.id % 6) {
              case 0, 1 -> request.echo();
              case 2 -> later.add(request);
              case 3 -> threads.execute(request::echo);
              case 4 -> request.response.completeWithoutResponse();
              default -> answerFromFile(request, file);
            }
          };
      return new Answering(loop, script, later);
    }

    @Override
    public void endOfTurn(long nowNs) {
      for (Request request : later.reversed()) {
        request.echo();
      }
      later.clear();
    }
  }

  private static void answerFromFile(Request request, TestFile file) {
    ByteBuffer body = ByteBuffer.wrap(request.body);
    FileRecords slice = file.slice(body.getInt(), body.getInt());
    request.answer(out -> {
      out.writeInt(request.id);
      out.writeRecords(slice, false);
    });
  }

  private static Void talk(TestServer server, Random random, TestFile file, ExecutorService threads)
      throws Exception {
    int count = 100 + random.nextInt(400);
    List<byte[]> expected = new ArrayList<>();
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    for (int id = 0; id < count; id++) {
      byte[] body = id % 6 == 5 ? fileRequest(random) : randomBody(random, id);
      expected.add(id % 6 == 5 ? fileAnswer(file, body) : body);
      stream.writeBytes(Client.frame(id, body));
    }
    try (Client client = server.connect()) {
      long chunkSeed = random.nextLong();
      Future<?> sending =
          threads.submit(() -> sendInChunks(client, stream.toByteArray(), new Random(chunkSeed)));
      for (int id = 0; id < count; id++) {
        if (id % 6 != 4) {
          assertThat(client.expect(id)).isEqualTo(expected.get(id));
        }
      }
      sending.get();
    }
    return null;
  }

  private static byte[] randomBody(Random random, int id) {
    int bits = id == 0 ? 8 : random.nextInt(10) == 0 ? 19 : 10;
    byte[] body = new byte[random.nextInt(1 << bits)];
    random.nextBytes(body);
    return body;
  }

  private static byte[] fileRequest(Random random) {
    int position = random.nextInt(FILE_BYTES);
    int size = random.nextInt(FILE_BYTES - position + 1);
    return ByteBuffer.allocate(8).putInt(position).putInt(size).array();
  }

  private static byte[] fileAnswer(TestFile file, byte[] request) {
    ByteBuffer body = ByteBuffer.wrap(request);
    return file.bytes(body.getInt(), body.getInt());
  }

  private static Void sendInChunks(Client client, byte[] stream, Random random) throws IOException {
    for (int from = 0; from < stream.length; ) {
      int n = Math.min(stream.length - from, 1 + random.nextInt(1 << random.nextInt(18)));
      client.socket.getOutputStream().write(stream, from, n);
      from += n;
    }
    return null;
  }
}
