package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.conformance.ProcessVitals.Sample;
import io.tailrace.protocol.MemoryRecords;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.CreateTopicsRequest.CreatableTopic;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchRequest.FetchPartition;
import io.tailrace.protocol.message.FetchRequest.FetchTopic;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.ProduceRequest.PartitionProduceData;
import io.tailrace.protocol.message.ProduceRequest.TopicProduceData;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * 200 clients that read large fetches at 1 KiB/s, and 200 that ask for them and never read, on a
 * broker with a small heap: they cost it little, and no more as time goes by, and others are
 * served.
 */
class SlowReadersTest {
  private static final int SLOW = 200;
  private static final int DEAD = 200;
  private static final int PARTITIONS = 8;
  private static final int BATCHES = 100;
  private static final int BATCH_BYTES = 100_000;

  /** Fetches that each of them sends at once. */
  private static final int PIPELINED = 40;

  private static final int READ_PER_SECOND = 1024;
  private static final List<String> JVM =
      List.of(
          "-Xmx48m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:+ExitOnOutOfMemoryError",
          "--enable-native-access=ALL-UNNAMED");

  private final List<Socket> readers = new ArrayList<>();
  private Path folder;
  private int port;

  @BeforeEach
  void prepare() throws IOException {
    folder = Files.createTempDirectory("tailrace-slow");
    port = BrokerProcess.freePort();
  }

  @AfterEach
  void clean() throws IOException {
    for (Socket reader : readers) {
      reader.close();
    }
    Folders.delete(folder);
  }

  @Test
  void costLittle() throws Exception {
    run(Duration.ofSeconds(3));
  }

  /** Shows also what they cost a client that behaves. */
  @Test
  @Tag("campaign")
  void costLittleForAMinute() throws Exception {
    double ratio = run(Duration.ofSeconds(60));
    assertThat(ratio).as("p99 of others, with and without").isLessThan(2);
  }

  private double run(Duration duration) throws Exception {
    Command command = BrokerProcess.command(JVM, port, folder);
    BrokerProcess broker =
        new BrokerProcess(command, output -> output.contains("127.0.0.1:" + port));
    try (WireClient healthy = new WireClient("127.0.0.1:" + port);
        ProcessVitals vitals = new ProcessVitals(broker.pid())) {
      prepareTopic(healthy);
      new Exchanges(healthy).run(duration, () -> {});
      Exchanges alone = new Exchanges(healthy);
      alone.run(duration, () -> {});
      Sample before = vitals.sample();
      connect(healthy);
      Exchanges beside = new Exchanges(healthy);
      beside.run(duration.dividedBy(2), this::readALittle);
      Sample begun = vitals.sample();
      beside.run(duration, this::readALittle);
      Sample after = vitals.sample();
      double ratio = (double) beside.p99() / alone.p99();
      System.out.printf(
          "R7: before %s; with them %s; %d s later %s; p99 of others %.2f ms, %.2f ms with them"
              + " (%.2f times)%n",
          before, begun, duration.toSeconds(), after, alone.p99() / 1e6, beside.p99() / 1e6, ratio);
      assertCheap(before, after);
      assertFlat(begun, after);
      assertThat(broker.output()).doesNotContain("ERROR");
      return ratio;
    } finally {
      broker.kill();
    }
  }

  private static void assertCheap(Sample before, Sample with) {
    int clients = SLOW + DEAD;
    assertThat(with.heapBytes() - before.heapBytes()).isLessThan(clients * (16L << 10));
    assertThat(with.anonymousBytes() - before.anonymousBytes()).isLessThan(clients * (128L << 10));
    assertThat(with.descriptors() - before.descriptors()).isBetween(clients, clients + 32);
    assertThat(with.threads() - before.threads()).isLessThan(8);
  }

  private static void assertFlat(Sample begun, Sample after) {
    assertThat(after.heapBytes()).isLessThan(begun.heapBytes() * 105 / 100 + (1 << 20));
    assertThat(after.directBytes()).isLessThan(begun.directBytes() * 105 / 100 + (1 << 20));
    assertThat(after.anonymousBytes()).isLessThan(begun.anonymousBytes() * 105 / 100 + (4 << 20));
  }

  private void prepareTopic(WireClient client) throws IOException {
    CreatableTopic topic =
        new CreatableTopic().name("t").numPartitions(PARTITIONS + 1).replicationFactor((short) 1);
    client.call(new CreateTopicsRequest().timeoutMs(10_000).topics(List.of(topic)), 7);
    byte[] value = new byte[BATCH_BYTES];
    new Random(1).nextBytes(value);
    for (int i = 0; i < BATCHES; i++) {
      for (int partition = 0; partition < PARTITIONS; partition++) {
        client.call(produce(partition, value), 9);
      }
    }
  }

  private static ProduceRequest produce(int partition, byte[] value) {
    ByteBuffer batch = new RecordBatchBuilder().append(1_700_000_000_000L, null, value).build();
    PartitionProduceData data =
        new PartitionProduceData().index(partition).records(new MemoryRecords(batch));
    return new ProduceRequest()
        .acks((short) -1)
        .timeoutMs(10_000)
        .topicData(List.of(new TopicProduceData().name("t").partitionData(List.of(data))));
  }

  private static FetchRequest fetch(List<Integer> partitions, long offset, int maxBytes) {
    List<FetchPartition> wanted =
        partitions.stream()
            .map(i ->
                new FetchPartition().partition(i).fetchOffset(offset).partitionMaxBytes(maxBytes))
            .toList();
    return new FetchRequest()
        .maxWaitMs(500)
        .minBytes(1)
        .maxBytes(maxBytes)
        .sessionEpoch(-1)
        .topics(List.of(new FetchTopic().topic("t").partitions(wanted)));
  }

  /** The slow ones first, then those that never read. */
  private void connect(WireClient client) throws IOException {
    List<Integer> large = IntStream.range(0, PARTITIONS).boxed().toList();
    byte[] request = client.frame(fetch(large, 0, 50 << 20), 12);
    ByteBuffer requests = ByteBuffer.allocate(PIPELINED * request.length);
    for (int i = 0; i < PIPELINED; i++) {
      requests.put(request);
    }
    for (int i = 0; i < SLOW + DEAD; i++) {
      Socket socket = new Socket();
      socket.setReceiveBufferSize(4 * READ_PER_SECOND);
      socket.connect(new InetSocketAddress("127.0.0.1", port));
      socket.getOutputStream().write(requests.array());
      readers.add(socket);
    }
  }

  private void readALittle() {
    byte[] some = new byte[READ_PER_SECOND];
    try {
      for (Socket slow : readers.subList(0, SLOW)) {
        InputStream in = slow.getInputStream();
        if (in.available() > 0) {
          assertThat(in.read(some)).isPositive();
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("a slow reader has lost its connection", e);
    }
  }

  /** A client that behaves: produces a record and reads it, over and over. */
  private static final class Exchanges {
    private final WireClient client;
    private final byte[] value = new byte[1000];
    private final List<Long> latenciesNs = new ArrayList<>();

    Exchanges(WireClient client) {
      this.client = client;
    }

    /**
     * @param everySecond done meanwhile, once a second
     */
    void run(Duration duration, Runnable everySecond) throws IOException {
      long begun = System.nanoTime();
      long second = begun;
      while (System.nanoTime() - begun < duration.toNanos()) {
        exchange();
        if (System.nanoTime() - second > 1_000_000_000L) {
          second += 1_000_000_000L;
          everySecond.run();
        }
      }
    }

    private void exchange() throws IOException {
      long begun = System.nanoTime();
      ProduceResponse answer = client.call(produce(PARTITIONS, value), 9);
      var appended = answer.responses().getFirst().partitionResponses().getFirst();
      assertThat(appended.errorCode()).isZero();
      client.call(fetch(List.of(PARTITIONS), appended.baseOffset(), 1 << 20), 12);
      latenciesNs.add(System.nanoTime() - begun);
    }

    long p99() {
      return latenciesNs.stream().sorted().toList().get(latenciesNs.size() * 99 / 100);
    }
  }
}
