package io.tailrace.broker;

import static io.tailrace.broker.GroupWire.beat;
import static io.tailrace.broker.GroupWire.commit;
import static io.tailrace.broker.GroupWire.heartbeat;
import static io.tailrace.broker.GroupWire.join;
import static io.tailrace.broker.GroupWire.joined;
import static io.tailrace.broker.GroupWire.offset;
import static io.tailrace.broker.GroupWire.sync;
import static io.tailrace.broker.Wire.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.broker.GroupWire.Member;
import io.tailrace.env.Clock;
import io.tailrace.env.Environment;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.message.OffsetFetchResponse;
import io.tailrace.protocol.message.SyncGroupResponse;
import io.tailrace.testkit.DiskFault;
import io.tailrace.testkit.SeededRandomness;
import io.tailrace.testkit.SimDisk;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Where every append is to be durable ({@code flush.messages=1}): what groups are told waits for
 * the sync of what it rests on, also if another request has brought that about; and while one
 * partition's answers wait, a flood of requests to it holds little memory.
 */
@Timeout(120)
class GroupDurabilityTest {
  private static final int PARTITIONS = 2;
  private static final String TOPIC = "t";
  private static final String SLOW = GroupWire.groupIn(0, PARTITIONS);
  private static final String OTHER = GroupWire.groupIn(1, PARTITIONS);

  private static final int STRANGERS = 5;
  private static final int BEATS = 2_000;

  /** Requests of a connection that may be open. */
  private static final int OPEN = 256;

  private final AtomicInteger sent = new AtomicInteger();
  private final SimDisk memory = new SimDisk();
  private final SlowDisk disk = new SlowDisk(memory, "__consumer_offsets-0");
  private TestBroker broker;
  private WireClient client;

  @BeforeEach
  void start() throws IOException {
    Environment environment = new Environment(Clock.system(), disk, new SeededRandomness(1));
    broker =
        TestBroker.start(
            environment,
            Path.of("/data"),
            "offsets.topic.num.partitions",
            Integer.toString(PARTITIONS),
            "group.initial.rebalance.delay.ms",
            "0");
    client = broker.connect();
    broker.createTopic(client, TOPIC, 1);
    GroupWire.awaitCoordinator(client);
  }

  @AfterEach
  void stop() throws IOException {
    broker.close();
  }

  @Test
  void nobodyIsAssignedAnythingBeforeTheSync() throws IOException {
    WireClient second = broker.connect();
    Member first = GroupWire.alone(client, SLOW);
    second.send(join(SLOW, ""), GroupWire.JOIN);
    await().until(() -> beat(client, first) == ErrorCode.REBALANCE_IN_PROGRESS);
    Member leader = joined(SLOW, client.call(join(SLOW, first.id()), GroupWire.JOIN));
    Member follower = joined(SLOW, second.receive());

    disk.holdSyncs();
    int before = disk.syncsBegun();
    second.send(sync(follower), GroupWire.SYNC);
    client.send(sync(leader, leader.id(), follower.id()), GroupWire.SYNC);
    await().until(() -> disk.syncsBegun() > before);
    WireClient third = broker.connect();
    third.send(sync(follower), GroupWire.SYNC);
    for (WireClient each : List.of(client, second, third)) {
      assertThat(each.answersWithin(20)).isFalse();
    }
    WireClient neighbour = broker.connect();
    assertThat(commit(neighbour, commit(OTHER, TOPIC, offset(0, 1, ""))))
        .containsExactly(ErrorCode.NONE);

    disk.letSyncsGo();
    for (WireClient each : List.of(client, second, third)) {
      SyncGroupResponse synced = each.receive();
      assertThat(error(synced.errorCode())).isEqualTo(ErrorCode.NONE);
      assertThat(synced.assignment()).containsExactly(7);
    }
  }

  @Test
  void anOffsetIsNotReadBeforeTheSync() throws IOException {
    disk.holdSyncs();
    client.send(commit(SLOW, TOPIC, offset(0, 7, "")), GroupWire.COMMIT);
    await().until(() -> disk.syncsBegun() > 0);
    WireClient reader = broker.connect();
    reader.send(GroupWire.fetchOffsets(SLOW), GroupWire.FETCH_OFFSETS);
    assertThat(client.answersWithin(20)).isFalse();
    assertThat(reader.answersWithin(20)).isFalse();
    disk.letSyncsGo();
    assertThat(client.<OffsetCommitResponse>receive().topics().getFirst().partitions())
        .allMatch(partition -> partition.errorCode() == 0);
    assertThat(GroupWire.onlyOffset(reader.<OffsetFetchResponse>receive())).isEqualTo(7);
  }

  @Test
  void whatIsDurableIsNotSyncedAgainForEachHeartbeat() throws IOException {
    Member member = GroupWire.alone(client, SLOW);
    int syncs = disk.syncsBegun();
    for (int i = 0; i < 20; i++) {
      assertThat(beat(client, member)).isEqualTo(ErrorCode.NONE);
    }
    assertThat(disk.syncsBegun()).isEqualTo(syncs);
  }

  @Test
  void whatCouldNotBeSyncedIsToldToNobody() throws IOException {
    broker.expectErrors();
    assertThat(commit(client, commit(SLOW, TOPIC, offset(0, 1, ""))))
        .containsExactly(ErrorCode.NONE);
    memory.setFaults((number, operation, path) ->
        operation.equals("sync") && path.toString().contains("__consumer_offsets-0")
            ? DiskFault.IO_ERROR
            : null);
    assertThat(commit(client, commit(SLOW, TOPIC, offset(0, 2, ""))))
        .containsExactly(ErrorCode.NOT_COORDINATOR);
    memory.setFaults(null);
    assertThat(error(GroupWire.committed(client, SLOW).errorCode()))
        .as("it may be there after a restart, or not")
        .isEqualTo(ErrorCode.NOT_COORDINATOR);
    assertThat(commit(client, commit(OTHER, TOPIC, offset(0, 3, ""))))
        .containsExactly(ErrorCode.NONE);
  }

  /**
   * 300 MB are sent while nothing of it can be answered. The broker takes of each connection as
   * much as it may have open, and leaves the rest in the network.
   */
  @Test
  void aFloodOfHeartbeatsHoldsLittleMemoryAndOthersAreServed() throws Exception {
    Member member = GroupWire.alone(client, SLOW);
    Member stranger = new Member(SLOW, "x".repeat(30_000), member.generation());
    Member steady = GroupWire.alone(client, OTHER);
    long usedBefore = usedHeap();
    holdAnswers(member);
    List<WireClient> flood = new ArrayList<>();
    flood.add(flood(member));
    for (int i = 0; i < STRANGERS; i++) {
      flood.add(flood(stranger));
    }
    await().until(() -> sent.get() > BEATS + STRANGERS * OPEN);
    for (int i = 0; i < 50; i++) {
      assertThat(beat(client, steady)).isEqualTo(ErrorCode.NONE);
      assertThat(commit(client, commitOf(steady))).containsExactly(ErrorCode.NONE);
    }
    assertThat(usedHeap() - usedBefore)
        .as("bytes held for %d connections", flood.size())
        .isLessThan(2L * flood.size() * OPEN * stranger.id().length());

    disk.letSyncsGo();
    for (WireClient each : flood) {
      boolean known = each == flood.getFirst();
      for (int beat = 0; beat < BEATS; beat++) {
        assertThat(errorIn(each.receiveFrame()))
            .isEqualTo(known ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID);
      }
    }
  }

  /** Of all groups in the member's partition: an offset of its own is appended, and not durable. */
  private void holdAnswers(Member member) throws IOException {
    disk.holdSyncs();
    int syncs = disk.syncsBegun();
    broker.connect().send(commitOf(member), GroupWire.COMMIT);
    await().until(() -> disk.syncsBegun() > syncs);
  }

  private static OffsetCommitRequest commitOf(Member member) {
    return commit(member.group(), TOPIC, offset(0, 1, ""))
        .memberId(member.id())
        .generationIdOrMemberEpoch(member.generation());
  }

  /** A connection that sends heartbeats and reads no answers. */
  private WireClient flood(Member member) throws IOException {
    WireClient flooding = broker.connect();
    byte[] frame = flooding.frame(heartbeat(member), GroupWire.HEARTBEAT);
    Thread.ofPlatform()
        .start(() -> {
          try {
            for (int beat = 0; beat < BEATS; beat++) {
              flooding.sendRaw(frame);
              sent.incrementAndGet();
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    return flooding;
  }

  /** Behind the correlation id and the throttle time. */
  private static ErrorCode errorIn(byte[] heartbeatResponse) {
    return error(ByteBuffer.wrap(heartbeatResponse).getShort(Integer.BYTES + Integer.BYTES));
  }

  private static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
