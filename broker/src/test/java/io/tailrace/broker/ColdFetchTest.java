package io.tailrace.broker;

import static io.tailrace.broker.Wire.fetch;
import static io.tailrace.broker.Wire.fetched;
import static io.tailrace.broker.Wire.from;
import static io.tailrace.broker.Wire.get;
import static io.tailrace.broker.Wire.put;
import static io.tailrace.broker.Wire.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.env.Disk;
import io.tailrace.env.Disk.OpenMode;
import io.tailrace.env.DiskFile;
import io.tailrace.env.Environment;
import io.tailrace.protocol.MemoryRecords;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.FetchResponse.PartitionData;
import io.tailrace.record.RecordBatch;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.testkit.ColdDisk;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fetches of what is not in the page cache any more. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class ColdFetchTest {
  private static final int MB = 1 << 20;

  @TempDir Path folder;
  private final Random random = new Random(77);

  private TestBroker start(Disk disk) {
    Environment real = Environment.system();
    return TestBroker.start(
        new Environment(real.clock(), disk, real.randomness()), folder, "num.network.threads", "1");
  }

  private Path segment(String topic) {
    return folder.resolve(topic + "-0").resolve("00000000000000000000.log");
  }

  /** Batches of one record each, of random sizes and bytes. */
  private void fill(WireClient client, String topic, int bytes, int largest) throws IOException {
    for (int filled = 0; filled < bytes; ) {
      byte[] value = new byte[1 + random.nextInt(largest)];
      random.nextBytes(value);
      put(client, topic, 0, new RecordBatchBuilder().append(Wire.TIME, null, value).build());
      filled += value.length;
    }
  }

  /** Reads a topic to its end; the bytes of all batches must be those of its file. */
  private void consume(WireClient client, String topic, int fetchBytes) throws IOException {
    ByteBuffer all = ByteBuffer.allocate((int) Files.size(segment(topic)));
    long offset = 0;
    while (all.hasRemaining()) {
      FetchRequest request = fetch(topic, from(0, offset).partitionMaxBytes(fetchBytes));
      PartitionData data = fetched(client.call(request, Wire.FETCH));
      ByteBuffer batches = ((MemoryRecords) data.records()).buffer();
      assertThat(batches.remaining()).as("bytes at offset %d", offset).isPositive();
      int at = batches.position();
      while (at < batches.limit()) {
        offset = RecordBatch.nextOffset(batches, at);
        at += RecordBatch.sizeInBytes(batches, at);
      }
      all.put(batches);
    }
    assertThat(all.array()).isEqualTo(Files.readAllBytes(segment(topic)));
  }

  private static ColdDisk coldDisk(boolean tellsWhatIsCached) {
    return new ColdDisk(Disk.system(), "tailrace-network", tellsWhatIsCached);
  }

  @Test
  void aConnectionThatWaitsForTheDiskHoldsNobodyElseUp() throws Exception {
    ColdDisk disk = coldDisk(true);
    try (TestBroker broker = start(disk)) {
      WireClient waiting = broker.connect();
      WireClient other = broker.connect();
      broker.createTopic(other, "cold", 1);
      broker.createTopic(other, "hot", 1);
      fill(other, "cold", 5 * MB, 300_000);
      put(other, "hot", 0, Wire.batch("a"));
      disk.evict(segment("cold"), 0, 4 * MB);
      disk.hold();
      waiting.send(fetch("cold", from(0, 0)), Wire.FETCH);
      waiting.send(fetch("hot", from(0, 0)), Wire.FETCH);
      await().until(() -> disk.waiting() == 1);
      for (int i = 0; i < 20; i++) {
        put(other, "hot", 0, Wire.batch("b"));
        assertThat(values(get(other, "hot", 0, i + 1))).containsExactly(i + 1 + ":b");
      }
      put(other, "cold", 0, Wire.batch("the tail is hot"));
      assertThat(values(get(other, "cold", 0, end(other, "cold") - 1))).hasSize(1);
      assertThat(waiting.answersWithin(100)).as("the first bytes are in the file").isTrue();
      disk.release();
      assertThat(fetched(waiting.<FetchResponse>receive()).records().sizeInBytes())
          .isGreaterThan(MB / 2);
      assertThat(values(fetched(waiting.<FetchResponse>receive()))).contains("0:a");
      consume(other, "cold", MB);
    }
    assertThat(disk.faults()).isEmpty();
    assertThat(disk.openFiles()).isZero();
  }

  private static long end(WireClient client, String topic) throws IOException {
    return Wire.offset(client, topic, 0, -1, 5).offset();
  }

  @Test
  void afterARestartTheLoopWaitsForNoIndexAndNoBatchHeader() throws Exception {
    ColdDisk disk = coldDisk(true);
    try (TestBroker broker = start(disk)) {
      WireClient client = broker.connect();
      broker.createTopic(client, "cold", 1);
      broker.createTopic(client, "hot", 1);
      fill(client, "cold", 2 * MB, 2_000);
    }
    disk.evict("");
    try (TestBroker broker = start(disk)) {
      WireClient waiting = broker.connect();
      WireClient other = broker.connect();
      put(other, "hot", 0, Wire.batch("a"));
      disk.evict("");
      disk.hold();
      waiting.send(fetch("cold", from(0, 500)), Wire.FETCH);
      await().until(() -> disk.waiting() == 1);
      assertThat(values(get(other, "hot", 0, 1))).isEmpty();
      put(other, "hot", 0, Wire.batch("b"));
      assertThat(values(get(other, "hot", 0, 1))).containsExactly("1:b");
      disk.release();
      assertThat(values(fetched(waiting.<FetchResponse>receive())).getFirst()).startsWith("500:");
      disk.evict(".log");
      assertThat(values(get(other, "cold", 0, 901)).getFirst()).startsWith("901:");
      consume(other, "cold", 10_000);
    }
    assertThat(disk.faults()).isEmpty();
    assertThat(disk.openFiles()).isZero();
  }

  @Test
  void aClientThatLeavesWhileItsDataIsReadLeavesNothingBehind() throws Exception {
    ColdDisk disk = coldDisk(true);
    try (TestBroker broker = start(disk)) {
      WireClient client = broker.connect();
      broker.createTopic(client, "cold", 1);
      fill(client, "cold", 5 * MB, 300_000);
      disk.evict(segment("cold"), 0, 4 * MB);
      disk.hold();
      for (int i = 0; i < 4; i++) {
        try (WireClient leaving = new WireClient(broker.broker().bootstrapServers())) {
          leaving.send(fetch("cold", from(0, i)), Wire.FETCH);
          int waiting = i + 1;
          await().until(() -> disk.waiting() == waiting);
        }
      }
      put(client, "cold", 0, Wire.batch("a"));
      disk.release();
      consume(client, "cold", MB);
    }
    assertThat(disk.faults()).isEmpty();
    assertThat(disk.openFiles()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void randomReadersOfALogThatIsColdInPlaces(boolean tellsWhatIsCached) throws Exception {
    long seed = new Random().nextLong();
    random.setSeed(seed);
    ColdDisk disk = coldDisk(tellsWhatIsCached);
    try (TestBroker broker = start(disk)) {
      WireClient client = broker.connect();
      broker.createTopic(client, "t", 1);
      fill(client, "t", 12 * MB, 60_000);
      byte[] file = Files.readAllBytes(segment("t"));
      for (int round = 0; round < 40; round++) {
        disk.evict(segment("t"), random.nextInt(file.length), random.nextInt(4 * MB));
        long offset = random.nextLong(end(client, "t"));
        int bytes = 1 + random.nextInt(3 * MB);
        FetchRequest request = fetch("t", from(0, offset).partitionMaxBytes(bytes));
        PartitionData data = fetched(client.call(request, Wire.FETCH));
        ByteBuffer batches = ((MemoryRecords) data.records()).buffer();
        assertThat(RecordBatch.baseOffset(batches, batches.position()))
            .as("seed %d", seed)
            .isEqualTo(offset);
      }
      consume(client, "t", 700_000);
    }
    assertThat(disk.openFiles()).isZero();
  }

  /** With the machine's own page cache, as far as it lets itself be told. */
  @ParameterizedTest
  @ValueSource(ints = {5_000, MB, 8 * MB})
  void fillEvictConsume(int fetchBytes) throws Exception {
    Disk disk = Disk.system();
    try (TestBroker broker = start(disk)) {
      WireClient client = broker.connect();
      broker.createTopic(client, "t", 1);
      fill(client, "t", 20 * MB, 200_000);
    }
    try (DiskFile file = disk.open(segment("t"), OpenMode.WRITE)) {
      file.dropFromCache(0, file.size());
    }
    try (TestBroker broker = start(disk)) {
      consume(broker.connect(), "t", fetchBytes);
    }
  }
}
