package io.tailrace.broker;

import static io.tailrace.broker.Wire.batch;
import static io.tailrace.broker.Wire.error;
import static io.tailrace.broker.Wire.fetch;
import static io.tailrace.broker.Wire.fetched;
import static io.tailrace.broker.Wire.from;
import static io.tailrace.broker.Wire.get;
import static io.tailrace.broker.Wire.put;
import static io.tailrace.broker.Wire.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchRequest.FetchPartition;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.FetchResponse.PartitionData;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fetches that are answered at once; for those that wait see ParkedFetchTest. */
class FetchTest {
  @TempDir Path folder;
  private TestBroker broker;
  private WireClient client;

  @BeforeEach
  void start() throws IOException {
    broker = TestBroker.start(folder);
    client = broker.connect();
  }

  @AfterEach
  void stop() throws IOException {
    broker.close();
  }

  @Test
  void everyVersionByNameAndById() throws IOException {
    UUID id = broker.createTopic(client, "t", 1);
    put(client, "t", 0, batch("a", "b"));
    put(client, "t", 0, batch("c"));
    for (int version = 4; version <= 18; version++) {
      boolean byId = version >= 13;
      FetchRequest request = byId ? fetch("", id, from(0, 1)) : fetch("t", from(0, 1));
      FetchResponse response = client.call(request, version);
      assertThat(response.errorCode()).isZero();
      assertThat(response.sessionId()).isZero();
      assertThat(response.responses().getFirst().topic()).isEqualTo(byId ? "" : "t");
      PartitionData data = fetched(response);
      assertThat(error(data.errorCode())).isEqualTo(ErrorCode.NONE);
      assertThat(data.highWatermark()).isEqualTo(3);
      assertThat(data.lastStableOffset()).isEqualTo(3);
      assertThat(data.logStartOffset()).isEqualTo(version < 5 ? -1 : 0);
      assertThat(values(data)).as("whole batches").containsExactly("0:a", "1:b", "2:c");
    }
  }

  @Test
  void theFirstBatchIsWholeEvenIfTooLarge() throws IOException {
    broker.createTopic(client, "t", 3);
    for (int partition = 0; partition < 3; partition++) {
      put(client, "t", partition, batch("x".repeat(5000)));
      put(client, "t", partition, batch("y".repeat(5000)));
    }
    PartitionData data =
        fetched(client.call(fetch("t", from(0, 0).partitionMaxBytes(1)), Wire.FETCH));
    assertThat(values(data)).containsExactly("0:" + "x".repeat(5000));

    FetchResponse response =
        client.call(fetch("t", from(0, 2), from(1, 0), from(2, 0)).maxBytes(100), Wire.FETCH);
    assertThat(response.responses().getFirst().partitions())
        .extracting(it -> values(it).size())
        .containsExactly(0, 1, 0);
    for (int maxBytes : new int[] {0, -1, Integer.MIN_VALUE}) {
      FetchRequest request = fetch("t", from(0, 0).partitionMaxBytes(maxBytes)).maxBytes(maxBytes);
      assertThat(values(fetched(client.call(request, Wire.FETCH)))).hasSize(1);
    }
  }

  @Test
  void maxBytesAreSharedByPartitions() throws IOException {
    broker.createTopic(client, "t", 100);
    FetchPartition[] wanted = new FetchPartition[100];
    for (int i = 0; i < 100; i++) {
      put(client, "t", i, batch("a".repeat(1000)));
      put(client, "t", i, batch("b".repeat(1000)));
      wanted[i] = from(i, 0);
    }
    FetchResponse all = client.call(fetch("t", wanted), Wire.FETCH);
    assertThat(all.responses().getFirst().partitions())
        .hasSize(100)
        .allSatisfy(it -> assertThat(values(it)).hasSize(2));
    FetchResponse some = client.call(fetch("t", wanted).maxBytes(50_000), Wire.FETCH);
    int bytes = 0;
    for (PartitionData data : some.responses().getFirst().partitions()) {
      assertThat(error(data.errorCode())).isEqualTo(ErrorCode.NONE);
      assertThat(data.highWatermark()).isEqualTo(2);
      bytes += values(data).size() * 1000;
    }
    assertThat(bytes).isBetween(45_000, 50_000);
  }

  @Test
  void offsetsOutOfRange() throws IOException {
    broker.createTopic(client, "t", 1);
    put(client, "t", 0, batch("a", "b"));
    assertThat(values(get(client, "t", 0, 2))).isEmpty();
    for (long offset : new long[] {3, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
      assertThat(error(get(client, "t", 0, offset).errorCode()))
          .isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
    }
    FetchResponse both = client.call(fetch("t", from(0, 0), from(0, 9)).maxBytes(1), Wire.FETCH);
    assertThat(both.responses().getFirst().partitions())
        .extracting(it -> error(it.errorCode()))
        .containsExactly(ErrorCode.NONE, ErrorCode.OFFSET_OUT_OF_RANGE);
  }

  @Test
  void leaderEpochsAreCompared() throws IOException {
    broker.createTopic(client, "t", 1);
    put(client, "t", 0, batch("a"));
    assertThat(error(withEpoch(0).errorCode())).isEqualTo(ErrorCode.NONE);
    assertThat(error(withEpoch(1).errorCode())).isEqualTo(ErrorCode.UNKNOWN_LEADER_EPOCH);
    PartitionData diverging =
        fetched(client.call(fetch("t", from(0, 1).lastFetchedEpoch(0)), Wire.FETCH));
    assertThat(diverging.divergingEpoch().epoch()).isEqualTo(-1);
  }

  private PartitionData withEpoch(int epoch) throws IOException {
    return fetched(client.call(fetch("t", from(0, 0).currentLeaderEpoch(epoch)), Wire.FETCH));
  }

  @Test
  void unknownTopicsAreAnsweredAtOnce() throws IOException {
    UUID id = broker.createTopic(client, "t", 1);
    FetchRequest byName = fetch("nowhere", from(0, 0)).maxWaitMs(60_000);
    assertThat(error(fetched(client.call(byName, Wire.FETCH)).errorCode()))
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    FetchRequest byId = fetch("", new UUID(3, 4), from(0, 0)).maxWaitMs(60_000);
    FetchResponse unknown = client.call(byId, Wire.FETCH_BY_ID);
    assertThat(unknown.responses().getFirst().topicId()).isEqualTo(new UUID(3, 4));
    assertThat(error(fetched(unknown).errorCode())).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID);
    FetchRequest partition = fetch("", id, from(1, 0)).maxWaitMs(60_000);
    assertThat(error(fetched(client.call(partition, Wire.FETCH_BY_ID)).errorCode()))
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    FetchRequest nothing = new FetchRequest().maxWaitMs(60_000).minBytes(1);
    assertThat(client.<FetchResponse>call(nothing, Wire.FETCH).responses()).isEmpty();
  }

  @Test
  void readCommittedSeesWhatIsStable() throws IOException {
    broker.createTopic(client, "t", 1);
    put(client, "t", 0, batch("a"));
    FetchRequest request = fetch("t", from(0, 0)).isolationLevel((byte) 1);
    PartitionData data = fetched(client.call(request, Wire.FETCH));
    assertThat(values(data)).containsExactly("0:a");
    assertThat(data.lastStableOffset()).isEqualTo(1);
  }

  @Test
  void segmentsFollowOneAnother() throws IOException {
    broker.createTopic(client, "t", 1, "segment.bytes", "1048576");
    for (int i = 0; i < 30; i++) {
      put(client, "t", 0, batch(("v" + i + "-").repeat(30_000)));
    }
    int next = 0;
    while (next < 30) {
      List<String> got = values(get(client, "t", 0, next));
      assertThat(got).isNotEmpty().first().asString().startsWith(next + ":v" + next + "-");
      next += got.size();
    }
  }
}
