package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.MemoryRecords;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.ProduceRequest.PartitionProduceData;
import io.tailrace.protocol.message.ProduceRequest.TopicProduceData;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a cleaner that is limited to 20 MB/s costs who produces beside it: 1,000 requests a second,
 * one at a time, with and without it in turns. Latency counts from when a request was due. Prints
 * it, of each turn.
 */
@Tag("campaign")
class CleaningLatencyTest {
  private static final int TURNS = 3;
  private static final int REQUESTS = Integer.getInteger("tailrace.campaign.requests", 20_000);
  private static final long EVERY_NS = 1_000_000;
  private static final String RATE = "log.cleaner.io.max.bytes.per.second";
  private static final int MEGABYTES = Integer.getInteger("tailrace.campaign.megabytes", 1024);
  private static final int RECORDS_IN_BATCH = 1000;
  private static final int KEYS = 400_000;

  private final Random random = new Random(1);
  private final byte[] value = new byte[1000];

  @Test
  void producersHardlyNotice() throws Exception {
    Path folder = Files.createTempDirectory("tailrace-cleaning");
    int port = BrokerProcess.freePort();
    Command command =
        BrokerProcess.command(port, folder, "-o", RATE + "=1", "-o", "log.cleaner.backoff.ms=50");
    try (BrokerProcess broker =
            new BrokerProcess(command, output -> output.contains("127.0.0.1:" + port));
        Admin admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + port));
        WireClient client = new WireClient("127.0.0.1:" + port)) {
      admin
          .createTopics(
              List.of(
                  new NewTopic("t", 1, (short) 1),
                  new NewTopic("compacted", 1, (short) 1)
                      .configs(Map.of("cleanup.policy", "compact", "segment.bytes", "67108864"))))
          .all()
          .get();
      fill(client);
      measure(client);
      List<long[]> without = new ArrayList<>();
      List<long[]> with = new ArrayList<>();
      for (int turn = 1; turn <= TURNS; turn++) {
        without.add(measure(client));
        limit(admin, "20000000");
        with.add(measure(client));
        limit(admin, "1");
        System.out.printf(
            "turn %d: produce alone %s, beside the cleaner %s%n",
            turn, text(without.getLast()), text(with.getLast()));
      }
      double ratio = (double) p999(all(with)) / p999(all(without));
      System.out.printf(
          "all: produce alone %s, beside the cleaner %s, p99.9 %.2f times%n",
          text(all(without)), text(all(with)), ratio);
      assertThat(broker.output()).doesNotContain("ERROR");
      assertThat(ratio).isLessThan(1.2);
    } finally {
      Folders.delete(folder);
    }
  }

  private static void limit(Admin admin, String bytesPerSecond) throws Exception {
    AlterConfigOp set =
        new AlterConfigOp(new ConfigEntry(RATE, bytesPerSecond), AlterConfigOp.OpType.SET);
    ConfigResource brokers = new ConfigResource(ConfigResource.Type.BROKER, "");
    admin.incrementalAlterConfigs(Map.of(brokers, List.of(set))).all().get();
  }

  private void fill(WireClient client) throws IOException {
    random.nextBytes(value);
    for (long bytes = 0; bytes < (long) MEGABYTES << 20; ) {
      RecordBatchBuilder batch = new RecordBatchBuilder();
      for (int i = 0; i < RECORDS_IN_BATCH; i++) {
        byte[] key = ByteBuffer.allocate(Long.BYTES).putLong(random.nextInt(KEYS)).array();
        batch.append(System.currentTimeMillis(), key, Arrays.copyOf(value, 500));
      }
      bytes += batch.sizeInBytes();
      produce(client, "compacted", batch.build());
    }
  }

  /** Sorted latencies in ns. */
  private long[] measure(WireClient client) throws IOException {
    long[] latencies = new long[REQUESTS];
    long begun = System.nanoTime();
    for (int i = 0; i < REQUESTS; i++) {
      long due = begun + i * EVERY_NS;
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      long now = System.currentTimeMillis();
      produce(client, "t", new RecordBatchBuilder().append(now, null, value).build());
      latencies[i] = System.nanoTime() - due;
    }
    Arrays.sort(latencies);
    return latencies;
  }

  private static void produce(WireClient client, String topic, ByteBuffer batch)
      throws IOException {
    PartitionProduceData data =
        new PartitionProduceData().index(0).records(new MemoryRecords(batch));
    ProduceRequest request =
        new ProduceRequest()
            .acks((short) -1)
            .timeoutMs(10_000)
            .topicData(List.of(new TopicProduceData().name(topic).partitionData(List.of(data))));
    ProduceResponse answer = client.call(request, 9);
    assertThat(answer.responses().getFirst().partitionResponses().getFirst().errorCode()).isZero();
  }

  private static long[] all(List<long[]> turns) {
    return turns.stream().flatMapToLong(Arrays::stream).sorted().toArray();
  }

  private static long p999(long[] sorted) {
    return sorted[(int) (sorted.length * 999L / 1000)];
  }

  private static String text(long[] sorted) {
    return "p50 %.2f ms, p99.9 %.2f ms"
        .formatted(sorted[sorted.length / 2] / 1e6, p999(sorted) / 1e6);
  }
}
