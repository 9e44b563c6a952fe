package io.tailrace.broker;

import static io.tailrace.broker.Wire.appended;
import static io.tailrace.broker.Wire.batch;
import static io.tailrace.broker.Wire.error;
import static io.tailrace.broker.Wire.fetch;
import static io.tailrace.broker.Wire.fetched;
import static io.tailrace.broker.Wire.from;
import static io.tailrace.broker.Wire.get;
import static io.tailrace.broker.Wire.produce;
import static io.tailrace.broker.Wire.put;
import static io.tailrace.broker.Wire.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.env.Clock;
import io.tailrace.env.Environment;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.testkit.SeededRandomness;
import io.tailrace.testkit.SimDisk;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Acknowledgement after fdatasync ({@code flush.messages}), and what a held sync holds up. */
@Timeout(60)
class GroupCommitTest {
  private final SimDisk simulated = new SimDisk();
  private final SlowDisk disk = new SlowDisk(simulated, "t-0");
  private TestBroker broker;
  private WireClient client;

  @BeforeEach
  void start() throws IOException {
    startBroker();
  }

  private void startBroker() throws IOException {
    Environment environment = new Environment(Clock.system(), disk, new SeededRandomness(1));
    broker = TestBroker.start(environment, Path.of("/data"));
    client = broker.connect();
  }

  @AfterEach
  void stop() throws IOException {
    broker.close();
  }

  @Test
  void noAckLeavesBeforeItsSync() throws IOException {
    broker.createTopic(client, "t", 2, "flush.messages", "1");
    WireClient consumer = broker.connect();
    consumer.send(fetch("t", from(0, 0)).maxWaitMs(600_000), Wire.FETCH);
    disk.holdSyncs();
    client.send(produce(-1, "t", 0, batch("a")), Wire.PRODUCE);
    await().until(() -> disk.syncsBegun() == 1);
    assertThat(client.answersWithin(50)).isFalse();
    assertThat(consumer.answersWithin(1)).isFalse();

    WireClient other = broker.connect();
    assertThat(get(other, "t", 0, 0).highWatermark()).isZero();
    assertThat(put(other, "t", 1, batch("neighbour")).baseOffset()).isZero();

    disk.letSyncsGo();
    assertThat(appended(client.receive()).baseOffset()).isZero();
    assertThat(values(fetched(consumer.receive()))).containsExactly("0:a");
  }

  @Test
  void whoeverComesMeanwhileSharesTheNextSync() throws IOException {
    broker.createTopic(client, "t", 1, "flush.messages", "1");
    disk.holdSyncs();
    client.send(produce(-1, "t", 0, batch("first")), Wire.PRODUCE);
    await().until(() -> disk.syncsBegun() == 1);
    WireClient[] others = new WireClient[6];
    for (int i = 0; i < others.length; i++) {
      others[i] = broker.connect();
      others[i].send(produce(1, "t", 0, batch("v" + i)), Wire.PRODUCE);
    }
    for (WireClient other : others) {
      assertThat(other.answersWithin(20)).isFalse();
    }
    disk.letSyncsGo();
    assertThat(appended(client.receive()).baseOffset()).isZero();
    for (WireClient other : others) {
      assertThat(appended(other.receive()).errorCode()).isZero();
    }
    assertThat(disk.syncsBegun()).as("one for the first, one for all others").isEqualTo(2);
    assertThat(get(client, "t", 0, 0).highWatermark()).isEqualTo(7);
  }

  @Test
  void aRetryIsNotAcknowledgedBeforeTheFirstAttemptIsDurable() throws IOException {
    broker.createTopic(client, "t", 1, "flush.messages", "1");
    disk.holdSyncs();
    client.send(produce(-1, "t", 0, Wire.idempotent(5, 0, 0, "a")), Wire.PRODUCE);
    await().until(() -> disk.syncsBegun() == 1);
    WireClient retry = broker.connect();
    retry.send(produce(-1, "t", 0, Wire.idempotent(5, 0, 0, "a")), Wire.PRODUCE);
    assertThat(retry.answersWithin(50)).isFalse();
    disk.letSyncsGo();
    assertThat(appended(client.receive()).baseOffset()).isZero();
    assertThat(appended(retry.receive()).baseOffset()).isZero();
  }

  @Test
  void everyNthMessageWaits() throws IOException {
    broker.createTopic(client, "t", 1, "flush.messages", "3");
    disk.holdSyncs();
    put(client, "t", 0, batch("a"));
    put(client, "t", 0, batch("b"));
    assertThat(values(get(client, "t", 0, 0))).hasSize(2);
    client.send(produce(-1, "t", 0, batch("c")), Wire.PRODUCE);
    await().until(() -> disk.syncsBegun() == 1);
    assertThat(client.answersWithin(50)).isFalse();
    disk.letSyncsGo();
    assertThat(appended(client.receive()).baseOffset()).isEqualTo(2);
    assertThat(disk.syncsBegun()).isEqualTo(1);
  }

  @Test
  void flushMsSyncsInTheBackground() throws IOException {
    broker.createTopic(client, "t", 1, "flush.ms", "50");
    put(client, "t", 0, batch("a"));
    await().until(() -> disk.syncsBegun() == 1);
    put(client, "t", 0, batch("b"));
    await().until(() -> disk.syncsBegun() == 2);
  }

  @Test
  void theDefaultNeverSyncsForAnAck() throws IOException {
    broker.createTopic(client, "t", 1);
    for (int i = 0; i < 10; i++) {
      put(client, "t", 0, batch("v" + i));
    }
    assertThat(disk.syncsBegun()).isZero();
  }

  /** Else a power loss could take back a high watermark that somebody has seen. */
  @Test
  void whatAKillHasLeftUnsyncedIsNotServedBeforeItsSync() throws IOException {
    broker.createTopic(client, "t", 2, "flush.messages", "1");
    disk.holdSyncs();
    client.send(produce(-1, "t", 0, batch("unsynced")), Wire.PRODUCE);
    await().until(() -> disk.syncsBegun() == 1);
    simulated.kill();
    TestBroker dead = broker;
    dead.expectErrors();
    startBroker();
    await().until(() -> error(get(client, "t", 1, 0).errorCode()) == ErrorCode.NONE);
    for (int i = 0; i < 3; i++) {
      assertThat(error(get(client, "t", 0, 0).errorCode()))
          .isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
      assertThat(error(put(client, "t", 0, batch("early")).errorCode()))
          .isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }
    disk.letSyncsGo();
    await().until(() -> error(get(client, "t", 0, 0).errorCode()) == ErrorCode.NONE);
    assertThat(values(get(client, "t", 0, 0))).containsExactly("0:unsynced");
    assertThat(put(client, "t", 0, batch("next")).baseOffset()).isEqualTo(1);
    dead.close();
  }

  /** More partitions than flusher threads, all kept busy: none may have to wait for the others. */
  @Test
  void manyPartitionsTakeTurns() throws IOException {
    broker.createTopic(client, "many", 12, "flush.messages", "1");
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < 12; i++) {
        client.send(produce(-1, "many", i, batch("v" + round)), Wire.PRODUCE);
      }
    }
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < 12; i++) {
        assertThat(appended(client.receive()).baseOffset()).isEqualTo(round);
      }
    }
  }
}
