package io.tailrace.broker.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.env.Clock;
import io.tailrace.protocol.FileRecords;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** Slices that are not cached: the loop does not wait for them, their connection does. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class ColdRecordsTest {
  private static final int MB = 1 << 20;

  @TempDir Path folder;
  private final Queue<Runnable> coldReads = new ConcurrentLinkedQueue<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger held = new AtomicInteger();
  private final AtomicInteger warmed = new AtomicInteger();
  private final TestSettings settings = new TestSettings();
  private final AtomicInteger coldSends = new AtomicInteger();

  /** A part of a file of which a range at a time can be sent, once it has been warmed. */
  private final class Cold implements FileRecords {
    private final FileRecords file;
    private final boolean hot;
    private volatile int warmTo;

    Cold(FileRecords file, boolean hot) {
      this.file = file;
      this.hot = hot;
    }

    @Override
    public int sizeInBytes() {
      return file.sizeInBytes();
    }

    @Override
    public long transferTo(WritableByteChannel target, int done, int maxBytes) throws IOException {
      if (!hot && done + maxBytes > warmTo) {
        coldSends.incrementAndGet();
      }
      return file.transferTo(target, done, maxBytes);
    }

    @Override
    public boolean readIfCached(ByteBuffer target, int from) throws IOException {
      return isCached(from, target.remaining()) && file.readIfCached(target, from);
    }

    @Override
    public boolean isCached(int from, int length) {
      return hot || from + length <= warmTo;
    }

    @Override
    public Runnable warming(int from, int length, BooleanSupplier wanted) {
      held.incrementAndGet();
      return () -> {
        if (wanted.getAsBoolean()) {
          warmTo = from + length;
          warmed.incrementAndGet();
        }
        held.decrementAndGet();
      };
    }
  }

  private TestServer server(TestFile file) throws IOException {
    settings.eventLoops = 1;
    return new TestServer(
        settings,
        Clock.system(),
        coldReads::add,
        loop -> new TestProcessor(loop, request -> answer(request, file)));
  }

  /** The body asks for a slice: its position, its size, and whether it is hot. */
  private void answer(Request request, TestFile file) {
    requests.add(request);
    ByteBuffer body = ByteBuffer.wrap(request.body);
    FileRecords part = file.slice(body.getInt(), body.getInt());
    FileRecords records = new Cold(part, body.getInt() == 1);
    request.answer(out -> {
      out.writeInt(request.id);
      out.writeInt(4 + records.sizeInBytes());
      out.writeRecords(records, false);
    });
  }

  private static byte[] ask(int position, int size, boolean hot) {
    return ByteBuffer.allocate(12).putInt(position).putInt(size).putInt(hot ? 1 : 0).array();
  }

  /** The slice in an answer, behind its length. */
  private static byte[] expect(Client client, int id) throws IOException {
    byte[] body = client.expect(id);
    return Arrays.copyOfRange(body, 4, body.length);
  }

  private boolean runOneColdRead() {
    Runnable task = coldReads.poll();
    if (task != null) {
      task.run();
    }
    return task != null;
  }

  private void runColdReads(int count) {
    for (int i = 0; i < count; i++) {
      await().until(this::runOneColdRead);
    }
  }

  @Test
  void othersGoOnAndTheOrderIsKept() throws Exception {
    try (TestFile file = new TestFile(folder.resolve("log"), 4 * MB);
        TestServer server = server(file);
        Client waiting = server.connect();
        Client other = server.connect()) {
      waiting.send(1, ask(5, 2 * MB + 7, false));
      waiting.send(2, ask(9, 10, true));
      await().until(() -> coldReads.size() == 1);
      other.send(3, ask(100, 3 * MB, true));
      assertThat(expect(other, 3)).isEqualTo(file.bytes(100, 3 * MB));
      assertThat(coldReads).as("one window of one connection").hasSize(1);
      // The next window is asked for when the client has read most of the one before.
      Thread disk = Thread.ofPlatform().start(() -> runColdReads(3));
      assertThat(expect(waiting, 1)).isEqualTo(file.bytes(5, 2 * MB + 7));
      disk.join();
      assertThat(expect(waiting, 2)).isEqualTo(file.bytes(9, 10));
      await().until(() -> requests.stream().allMatch(r -> r.released.get() == 1));
      assertThat(coldSends).hasValue(0);
      assertThat(coldReads).isEmpty();
    }
  }

  @Test
  void aLoopThatWaitsForTheDiskSleeps() throws Exception {
    try (TestFile file = new TestFile(folder.resolve("log"), MB);
        TestServer server = server(file);
        Client client = server.connect()) {
      client.send(1, ask(0, MB, false));
      await().until(() -> coldReads.size() == 1);
      server.turn();
      int before = server.turns();
      for (int i = 0; i < 20; i++) {
        server.turn();
      }
      assertThat(server.turns() - before).as("turns but those asked for").isLessThan(100);
      await().until(this::runOneColdRead);
      assertThat(expect(client, 1)).hasSize(MB);
    }
  }

  @Test
  void closingWhileWaitingLeaksNothing() throws Exception {
    settings.drainMs = 50;
    try (TestFile file = new TestFile(folder.resolve("log"), 4 * MB);
        TestServer server = server(file);
        Client client = server.connect()) {
      client.send(1, ask(0, 4 * MB, false));
      client.send(2, ask(0, 10, false));
      await().until(() -> coldReads.size() == 1);
      server.close();
      assertThat(requests).allSatisfy(r -> assertThat(r.released).hasValue(1));
      assertThat(held).as("the task still holds the file").hasValue(1);
      assertThat(runOneColdRead()).isTrue();
      assertThat(held).hasValue(0);
      assertThat(warmed).as("nothing is read for a client that has gone").hasValue(0);
      assertThat(coldReads).isEmpty();
    }
  }

  @Test
  void aReaderThatHasDiedIsNoticedOnceItsDataIsThere() throws Exception {
    try (TestFile file = new TestFile(folder.resolve("log"), 4 * MB);
        TestServer server = server(file)) {
      try (Client client = server.connect()) {
        client.send(1, ask(0, 4 * MB, false));
        await().until(() -> coldReads.size() == 1);
      }
      while (server.closedConnections() == 0) {
        runOneColdRead();
        server.turn();
      }
      assertThat(requests.getFirst().released).hasValue(1);
      assertThat(held).hasValue(coldReads.size());
      assertThat(server.usedBytes()).isZero();
    }
  }

  @Test
  void manyConnectionsWithHotAndColdSlices() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    try (TestFile file = new TestFile(folder.resolve("log"), 8 * MB);
        TestServer server = server(file)) {
      List<Client> clients = new ArrayList<>();
      List<List<byte[]>> expected = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        clients.add(server.connect());
        expected.add(new ArrayList<>());
      }
      for (int i = 0; i < 200; i++) {
        int to = random.nextInt(clients.size());
        int position = random.nextInt(4 * MB);
        int size = 1 + random.nextInt(random.nextInt(4) == 0 ? 4 * MB : 50_000);
        int id = expected.get(to).size();
        clients.get(to).send(id, ask(position, size, random.nextBoolean()));
        expected.get(to).add(file.bytes(position, size));
      }
      Thread disk = Thread.ofPlatform().start(this::readUntilInterrupted);
      for (int i = 0; i < clients.size(); i++) {
        for (int id = 0; id < expected.get(i).size(); id++) {
          byte[] answer = expect(clients.get(i), id);
          assertThat(answer).as("seed %d, answer %d", seed, id).isEqualTo(expected.get(i).get(id));
        }
      }
      disk.interrupt();
      disk.join();
      assertThat(coldSends).as("seed %d", seed).hasValue(0);
      assertThat(held).hasValue(0);
      await().until(() -> server.usedBytes() == 0);
      for (Client client : clients) {
        client.close();
      }
    }
  }

  private void readUntilInterrupted() {
    while (!Thread.interrupted()) {
      if (!runOneColdRead()) {
        Thread.onSpinWait();
      }
    }
  }
}
