package io.tailrace.broker.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.FileRecords;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class FileRecordsTest {
  @TempDir Path folder;

  @Test
  void slicesArriveBetweenTheBytesAroundThem() throws Exception {
    List<Request> requests = new CopyOnWriteArrayList<>();
    try (TestFile file = new TestFile(folder.resolve("log"), 8 << 20);
        TestServer server =
            new TestServer(
                new TestSettings(),
                request -> {
                  requests.add(request);
                  answerWithSlices(request, file);
                });
        Client client = server.connect()) {
      Random random = new Random(42);
      List<int[]> asked = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        int position = random.nextInt(4 << 20);
        int size = random.nextInt(i % 10 == 0 ? 4 << 20 : 10_000);
        asked.add(new int[] {position, size});
        client.send(i, ByteBuffer.allocate(8).putInt(position).putInt(size).array());
      }
      for (int i = 0; i < asked.size(); i++) {
        expectSlices(client, i, file, asked.get(i));
      }
      await().until(() -> requests.stream().allMatch(r -> r.released.get() == 1));
      await().until(() -> server.usedBytes() == 0);
    }
  }

  /** id, length of all, slice, 4 bytes, the same slice again. */
  private static void answerWithSlices(Request request, TestFile file) {
    ByteBuffer body = ByteBuffer.wrap(request.body);
    FileRecords slice = file.slice(body.getInt(), body.getInt());
    request.answer(out -> {
      out.writeInt(request.id);
      out.writeInt(2 * (4 + slice.sizeInBytes()) + 4);
      out.writeRecords(slice, false);
      out.writeInt(77);
      out.writeRecords(slice, false);
    });
  }

  private static void expectSlices(Client client, int id, TestFile file, int[] asked)
      throws IOException {
    byte[] slice = file.bytes(asked[0], asked[1]);
    byte[] expected =
        ByteBuffer.allocate(2 * (4 + slice.length) + 4)
            .putInt(slice.length)
            .put(slice)
            .putInt(77)
            .putInt(slice.length)
            .put(slice)
            .array();
    assertThat(client.expect(id)).isEqualTo(expected);
  }

  @Test
  void aSliceThatIsShorterThanItSaidClosesTheConnection() throws Exception {
    List<Request> requests = new CopyOnWriteArrayList<>();
    try (TestFile file = new TestFile(folder.resolve("log"), 100_000);
        TestServer server =
            new TestServer(
                new TestSettings(),
                request -> {
                  requests.add(request);
                  request.answer(out -> {
                    out.writeInt(request.id);
                    out.writeRecords(file.slice(0, 100_000), false);
                  });
                });
        Client client = server.connect()) {
      file.channel.truncate(50_000);
      client.send(1, new byte[1]);
      Assertions.assertThatThrownBy(() -> client.expect(1))
          .isInstanceOfAny(EOFException.class, SocketException.class);
      await().until(() -> server.closedConnections() == 1);
      assertThat(requests.getFirst().released).hasValue(1);
      assertThat(server.usedBytes()).isZero();
    }
  }

  @Test
  void aSliceIsReleasedWhenItsReaderDies() throws Exception {
    List<Request> requests = new CopyOnWriteArrayList<>();
    try (TestFile file = new TestFile(folder.resolve("log"), 8 << 20);
        TestServer server =
            new TestServer(
                new TestSettings(),
                request -> {
                  requests.add(request);
                  answerWithSlices(request, file);
                })) {
      try (Client client = server.connect()) {
        client.send(1, ByteBuffer.allocate(8).putInt(0).putInt(8 << 20).array());
        client.send(2, ByteBuffer.allocate(8).putInt(0).putInt(8 << 20).array());
        await().until(() -> !requests.isEmpty());
      }
      await().until(() -> server.closedConnections() == 1);
      assertThat(requests).allSatisfy(r -> assertThat(r.released).hasValue(1));
      assertThat(server.usedBytes()).isZero();
    }
  }
}
