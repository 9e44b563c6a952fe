package io.tailrace.bench.floor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.bench.load.Admin;
import io.tailrace.bench.load.Batches;
import io.tailrace.bench.load.Clients;
import io.tailrace.bench.load.Deliveries;
import io.tailrace.bench.load.FetchExchange;
import io.tailrace.bench.load.ProduceExchange;
import io.tailrace.bench.load.Rotation;
import io.tailrace.bench.load.Tally;
import io.tailrace.bench.load.Window;
import io.tailrace.record.RecordBatch;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The floor and the load generator against each other. */
class FloorServerTest {
  private static final String TOPIC = "a-topic";

  @TempDir Path folder;
  private FloorServer server;
  private FutureTask<Void> running;
  private Admin admin;

  @BeforeEach
  void start() throws Exception {
    server = new FloorServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), folder);
    running =
        new FutureTask<>(() -> {
          server.run();
          return null;
        });
    Thread.ofPlatform().daemon().start(running);
    admin = new Admin(server.address());
  }

  @AfterEach
  void stop() throws Exception {
    admin.close();
    server.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 600, 5000})
  void keepsEveryBatchWithItsOffset(int recordsPerBatch) throws Exception {
    admin.createTopic(TOPIC, 1, Map.of());
    produce(1, 5, recordsPerBatch, 40);
    ByteBuffer log = ByteBuffer.wrap(Files.readAllBytes(folder.resolve(TOPIC + "-0.log")));
    int at = 0;
    for (int i = 0; i < 40; i++) {
      int size = RecordBatch.sizeInBytes(log, at);
      assertThat(RecordBatch.computedCrc(log, at, size)).isEqualTo(RecordBatch.storedCrc(log, at));
      assertThat(RecordBatch.baseOffset(log, at)).isEqualTo((long) i * recordsPerBatch);
      at += size;
    }
    assertThat(at).isEqualTo(log.limit());
  }

  @Test
  void manyConnectionsTakeAllPartitionsInTurn() throws Exception {
    admin.createTopic(TOPIC, 20, Map.of());
    produce(4, 5, 10, 100);
    for (int partition = 0; partition < 20; partition++) {
      Path file = folder.resolve(TOPIC + "-" + partition + ".log");
      assertThat(Files.size(file))
          .as("partition %d", partition)
          .isEqualTo(20L * Batches.sizeOf(10));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3000, 1 << 20})
  void fetchesAllThatWasProduced(int maxBytes) throws Exception {
    admin.createTopic(TOPIC, 1, Map.of());
    produce(1, 5, 10, 500);
    Counter counter = new Counter();
    Tally tally = fetch(1, FetchExchange.following(TOPIC, 0, maxBytes, counter), 500);
    assertThat(counter.nextOffset).isEqualTo(counter.records);
    assertThat(counter.records).as("max bytes %d", maxBytes).isPositive();
    assertThat(tally.records()).isEqualTo(counter.records);
    if (maxBytes > 500 * Batches.sizeOf(10)) {
      assertThat(counter.records).isEqualTo(5000);
    }
  }

  @Test
  void aFetchAtTheEndGetsWhatComesThen() throws Exception {
    admin.createTopic(TOPIC, 1, Map.of());
    Deliveries deliveries = new Deliveries();
    Window window = Window.unlimited(System.nanoTime());
    deliveries.plan(window);
    try (Clients consumer = new Clients("floor");
        Clients producer = new Clients("floor")) {
      consumer.connect(
          leaders(),
          1,
          1,
          1,
          Long.MAX_VALUE,
          i -> FetchExchange.following(TOPIC, 0, 1 << 20, deliveries));
      producer.connect(leaders(), 2, 5, 1, 100, i -> exchange(Rotation.only(0), 10, true));
      consumer.start(window);
      producer.startPaced(window, 2000);
      producer.join();
      consumer.endAt(System.nanoTime() + 100_000_000);
      consumer.join();
    }
    assertThat(deliveries.tally().requests()).isEqualTo(200);
    assertThat(deliveries.tally().latencyNs().getMaxValue()).isLessThan(10_000_000_000L);
  }

  @Test
  void aDeletedTopicIsGone() throws Exception {
    admin.createTopic(TOPIC, 3, Map.of("flush.messages", "1"));
    produce(1, 1, 10, 5);
    admin.deleteTopic(TOPIC);
    assertThat(folder).isEmptyDirectory();
    assertThatThrownBy(() -> admin.leaders(TOPIC, 1)).hasMessageContaining("does not exist");
  }

  private void produce(int connections, int inFlight, int recordsPerBatch, long requests)
      throws Exception {
    List<InetSocketAddress> leaders = leaders();
    try (Clients clients = new Clients("floor")) {
      clients.connect(
          leaders,
          connections,
          inFlight,
          1,
          requests,
          i -> exchange(Rotation.all(i, leaders.size()), recordsPerBatch, false));
      clients.start(Window.unlimited(System.nanoTime()));
      assertThat(clients.join().requests()).isEqualTo(requests * connections);
    }
  }

  private Tally fetch(int connections, FetchExchange exchange, long requests) throws Exception {
    try (Clients clients = new Clients("floor")) {
      clients.connect(leaders(), connections, 1, 1, requests, i -> exchange);
      long nowNs = System.nanoTime();
      clients.start(Window.of(nowNs, 0, 1));
      return clients.join();
    }
  }

  private List<InetSocketAddress> leaders() throws Exception {
    return admin.leaders(TOPIC, 1);
  }

  private static ProduceExchange exchange(Rotation partitions, int records, boolean stamped) {
    ByteBuffer batch = Batches.batch(records, 1_700_000_000_000L);
    return new ProduceExchange(TOPIC, partitions, (short) -1, batch, 5, stamped);
  }

  private static final class Counter implements FetchExchange.BatchWatcher {
    long records;
    long nextOffset;

    @Override
    public int headBytes() {
      return RecordBatch.HEADER_SIZE;
    }

    @Override
    public void batch(ByteBuffer in, int at) {
      assertThat(RecordBatch.baseOffset(in, at)).isEqualTo(nextOffset);
      records += RecordBatch.recordCount(in, at);
      nextOffset = RecordBatch.nextOffset(in, at);
    }
  }
}
