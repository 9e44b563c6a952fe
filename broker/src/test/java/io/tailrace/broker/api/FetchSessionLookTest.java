package io.tailrace.broker.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.broker.partition.Partition;
import io.tailrace.broker.partition.Partitions;
import io.tailrace.broker.partition.ProduceRules;
import io.tailrace.broker.partition.TimedFlushes;
import io.tailrace.env.Clock;
import io.tailrace.env.Environment;
import io.tailrace.log.AppendBatch;
import io.tailrace.log.LogConfig;
import io.tailrace.log.LogManager;
import io.tailrace.log.LogManagerSettings;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchRequest.FetchPartition;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.FetchResponse.PartitionData;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.testkit.SeededRandomness;
import io.tailrace.testkit.SimDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a session finds at its looks, on a log that is at hand. */
class FetchSessionLookTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Partitions partitions = new Partitions();
  private LogManager logs;
  private Partition partition;
  private FetchSession session;
  private int epoch = 1;

  @BeforeEach
  void open() throws IOException {
    Environment environment =
        new Environment(Clock.system(), new SimDisk(), new SeededRandomness(1));
    logs = LogManager.open(environment, Path.of("/data"), LogManagerSettings.DEFAULT);
    partition = partition(new UUID(0, 1), "first");
    partitions.put(new Partitions.Topic("t", new UUID(0, 1), new Partition[] {partition}));
    session = new FetchSession(7, false, 0, new HeapShare(Long.MAX_VALUE), partitions);
    FetchPartition wanted = new FetchPartition().fetchOffset(0).partitionMaxBytes(1 << 20);
    session.add(
        new FullFetch.Target("t", Message.ZERO_UUID, wanted, partition, ErrorCode.NONE),
        new PartitionData().highWatermark(0).logStartOffset(0));
  }

  private Partition partition(UUID topicId, String folder) {
    Partition.Context context =
        new Partition.Context(
            (it, config) -> {
              try {
                return logs.create(folder + "-0", "id", config);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            },
            Runnable::run,
            new TimedFlushes());
    ProduceRules rules = new ProduceRules(1000, false, 0, 0, false, false);
    return new Partition("t", topicId, 0, 0, rules, LogConfig.DEFAULT, context);
  }

  @AfterEach
  void close() throws IOException {
    logs.close();
  }

  private static void append(Partition partition) throws Exception {
    ByteBuffer records = new RecordBatchBuilder().append(1, null, new byte[10]).build();
    AppendBatch batch = new AppendBatch();
    batch.set(records, 0, records.limit());
    partition.append(new AppendBatch[] {batch}, 1, 0);
  }

  /** What is new, to a client that wants records from {@code offset} on. */
  private List<PartitionData> fetch(long offset, long nowNs) {
    FetchPartition wanted = new FetchPartition().fetchOffset(offset).partitionMaxBytes(1 << 20);
    return fetch(
        nowNs, List.of(new FetchRequest.FetchTopic().topic("t").partitions(List.of(wanted))));
  }

  private List<PartitionData> fetch(long nowNs) {
    return fetch(nowNs, List.of());
  }

  private List<PartitionData> fetch(long nowNs, List<FetchRequest.FetchTopic> topics) {
    FetchRequest body = new FetchRequest().sessionId(7).sessionEpoch(epoch++).topics(topics);
    assertThat(session.begin(body, false, nowNs)).isEqualTo(ErrorCode.NONE);
    CapturedRequest request = new CapturedRequest();
    Fetch fetch =
        new IncrementalFetch(request, new Fetch.Limits(1, 1 << 20, false), session, epoch);
    assertThat(fetch.answer(true) || fetch.answer(true)).isTrue();
    FetchResponse response = request.response();
    assertThat(response.errorCode()).isZero();
    return response.responses().stream().flatMap(it -> it.partitions().stream()).toList();
  }

  /** No watcher tells of it, so it is found by looking at all, once a second. */
  @Test
  void aLogStartThatHasMovedIsTold() throws Exception {
    append(partition);
    append(partition);
    assertThat(fetch(2, 0)).singleElement().extracting(PartitionData::highWatermark).isEqualTo(2L);
    assertThat(fetch(0)).isEmpty();
    partition.log().deleteRecordsBefore(1);
    assertThat(fetch(SECOND - 1)).isEmpty();
    assertThat(fetch(SECOND))
        .singleElement()
        .extracting(PartitionData::logStartOffset)
        .isEqualTo(1L);
    assertThat(fetch(2 * SECOND)).isEmpty();
  }

  @Test
  void aPartitionOfAnotherLeaderEpochIsFoundAndWatched() throws Exception {
    append(partition);
    assertThat(fetch(1, 0)).hasSize(1);
    assertThat(fetch(0)).isEmpty();
    Partition replaced = partition(new UUID(0, 1), "second");
    partitions.put(new Partitions.Topic("t", new UUID(0, 1), new Partition[] {replaced}));
    append(replaced);
    assertThat(fetch(SECOND)).isEmpty();
    append(replaced);
    assertThat(fetch(SECOND))
        .singleElement()
        .extracting(PartitionData::highWatermark)
        .isEqualTo(2L);
  }
}
