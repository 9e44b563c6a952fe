package io.tailrace.broker;

import static io.tailrace.broker.GroupWire.assignment;
import static io.tailrace.broker.GroupWire.beat;
import static io.tailrace.broker.GroupWire.call;
import static io.tailrace.broker.GroupWire.commit;
import static io.tailrace.broker.GroupWire.heartbeat;
import static io.tailrace.broker.GroupWire.join;
import static io.tailrace.broker.GroupWire.joinConsumer;
import static io.tailrace.broker.GroupWire.joined;
import static io.tailrace.broker.GroupWire.offset;
import static io.tailrace.broker.GroupWire.sync;
import static io.tailrace.broker.Wire.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.broker.GroupWire.Member;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.protocol.message.DescribeGroupsRequest;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.HeartbeatResponse;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.LeaveGroupResponse;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What no group should be asked, asked of a running broker: each is answered with Kafka's error,
 * and after each the same connection goes on, and groups of both protocols have not noticed.
 */
class GroupBadInputTest {
  private static final int METADATA_MAX = 10;
  private static final String TOPIC = "t";

  @TempDir static Path folder;
  private static TestBroker broker;
  private static WireClient bystander;
  private static Member steady;
  private static int steadyEpoch;

  private WireClient client;

  @BeforeAll
  static void start() throws IOException {
    broker =
        TestBroker.start(
            folder,
            "offsets.topic.num.partitions",
            "2",
            "group.initial.rebalance.delay.ms",
            "0",
            "group.consumer.assignment.interval.ms",
            "0",
            "group.max.size",
            "2",
            "group.consumer.max.size",
            "2",
            "offset.metadata.max.bytes",
            Integer.toString(METADATA_MAX));
    bystander = broker.connect();
    broker.createTopic(bystander, TOPIC, 2);
    GroupWire.awaitCoordinator(bystander);
    steady = GroupWire.alone(bystander, "steady");
    steadyEpoch = call(bystander, joinConsumer("steady-consumer", "m", TOPIC)).memberEpoch();
  }

  @AfterAll
  static void stop() throws IOException {
    broker.close();
  }

  @BeforeEach
  void connect() throws IOException {
    client = broker.connect();
  }

  @AfterEach
  void nobodyElseHasNoticed() throws IOException {
    for (WireClient each : List.of(client, bystander)) {
      assertThat(beat(each, steady)).isEqualTo(ErrorCode.NONE);
      ConsumerGroupHeartbeatResponse response =
          call(each, beat("steady-consumer", "m", steadyEpoch));
      assertThat(error(response.errorCode())).isEqualTo(ErrorCode.NONE);
      assertThat(response.memberEpoch()).isEqualTo(steadyEpoch);
    }
  }

  private ErrorCode refusal(ConsumerGroupHeartbeatRequest request) throws IOException {
    return error(call(client, request).errorCode());
  }

  private ErrorCode syncError(Member member) throws IOException {
    return error(client.<SyncGroupResponse>call(sync(member), GroupWire.SYNC).errorCode());
  }

  private List<ErrorCode> commitOf(Member member) throws IOException {
    OffsetCommitRequest request = commit(member.group(), TOPIC, offset(0, 1, ""));
    return commit(
        client, request.memberId(member.id()).generationIdOrMemberEpoch(member.generation()));
  }

  // ---- who is not, or no longer, a member

  @Test
  void strangersInAClassicGroup() throws IOException {
    Member stranger = new Member(steady.group(), "stranger", steady.generation());
    assertThat(beat(client, stranger)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(syncError(stranger)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(commitOf(stranger)).containsExactly(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(
            error(
                client
                    .<JoinGroupResponse>call(join(steady.group(), "stranger"), GroupWire.JOIN)
                    .errorCode()))
        .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(
            error(
                client
                    .<LeaveGroupResponse>call(
                        new LeaveGroupRequest().groupId(steady.group()).memberId("stranger"), 2)
                    .errorCode()))
        .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(beat(client, new Member("no such group", "stranger", 1)))
        .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void anotherGenerationOfAClassicGroup(int difference) throws IOException {
    Member late = new Member(steady.group(), steady.id(), steady.generation() + difference);
    assertThat(beat(client, late)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    assertThat(syncError(late)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    assertThat(commitOf(late)).containsExactly(ErrorCode.ILLEGAL_GENERATION);
  }

  @Test
  void aFencedStaticMemberOfAClassicGroup() throws IOException {
    String group = "static";
    Member first =
        joined(group, client.call(join(group, "").groupInstanceId("i"), GroupWire.JOIN_STATIC));
    client.<SyncGroupResponse>call(sync(first, first.id()).groupInstanceId("i"), GroupWire.SYNC);
    WireClient elsewhere = broker.connect();
    Member second =
        joined(group, elsewhere.call(join(group, "").groupInstanceId("i"), GroupWire.JOIN_STATIC));
    assertThat(second.id()).isNotEqualTo(first.id());

    HeartbeatRequest beat = heartbeat(first).groupInstanceId("i");
    assertThat(error(client.<HeartbeatResponse>call(beat, GroupWire.HEARTBEAT).errorCode()))
        .isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    assertThat(
            error(
                client
                    .<SyncGroupResponse>call(sync(first).groupInstanceId("i"), GroupWire.SYNC)
                    .errorCode()))
        .isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    assertThat(
            error(
                client
                    .<JoinGroupResponse>call(
                        join(group, first.id()).groupInstanceId("i"), GroupWire.JOIN_STATIC)
                    .errorCode()))
        .isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    OffsetCommitRequest commit =
        commit(group, TOPIC, offset(0, 1, ""))
            .memberId(first.id())
            .groupInstanceId("i")
            .generationIdOrMemberEpoch(first.generation());
    assertThat(commit(client, commit)).containsExactly(ErrorCode.FENCED_INSTANCE_ID);
  }

  @Test
  void strangersInAConsumerGroup() throws IOException {
    assertThat(refusal(beat("no such group", "m", 1))).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
    assertThat(refusal(beat("steady-consumer", "stranger", 1)))
        .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(refusal(beat("steady-consumer", "stranger", -1)))
        .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(commitOf(new Member("steady-consumer", "stranger", 1)))
        .containsExactly(ErrorCode.UNKNOWN_MEMBER_ID);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void anotherEpochOfAConsumerGroup(int difference) throws IOException {
    int epoch = steadyEpoch + difference;
    assertThat(refusal(beat("steady-consumer", "m", epoch)))
        .isEqualTo(ErrorCode.FENCED_MEMBER_EPOCH);
    assertThat(commitOf(new Member("steady-consumer", "m", steadyEpoch + 1)))
        .containsExactly(ErrorCode.STALE_MEMBER_EPOCH);
  }

  @Test
  void aFencedStaticMemberOfAConsumerGroup() throws IOException {
    String group = "static-consumer";
    call(client, joinConsumer(group, "m1", TOPIC).instanceId("i"));
    assertThat(refusal(joinConsumer(group, "m2", TOPIC).instanceId("i")))
        .isEqualTo(ErrorCode.UNRELEASED_INSTANCE_ID);
    assertThat(refusal(beat(group, "m1", -2).instanceId("i"))).isEqualTo(ErrorCode.NONE);
    int epoch = call(client, joinConsumer(group, "m2", TOPIC).instanceId("i")).memberEpoch();
    assertThat(refusal(beat(group, "m1", epoch).instanceId("i")))
        .isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
  }

  // ---- ids

  @Test
  void anEmptyGroupId() throws IOException {
    Member nowhere = new Member("", "m", 1);
    assertThat(beat(client, nowhere)).isEqualTo(ErrorCode.INVALID_GROUP_ID);
    assertThat(syncError(nowhere)).isEqualTo(ErrorCode.INVALID_GROUP_ID);
    assertThat(error(client.<JoinGroupResponse>call(join("", ""), GroupWire.JOIN).errorCode()))
        .isEqualTo(ErrorCode.INVALID_GROUP_ID);
    assertThat(refusal(joinConsumer("", "m", TOPIC))).isEqualTo(ErrorCode.INVALID_REQUEST);
  }

  /** The protocol's strings have 32767 bytes: there is nothing that could be answered. */
  @Test
  void aGroupIdOf100KilobytesCostsTheConnectionAlone() throws IOException {
    Map<Message, Integer> flexible =
        Map.of(
            join("@", ""), 9,
            heartbeat(new Member("@", "m", 1)), 4,
            joinConsumer("@", "m", TOPIC), 1,
            commit("@", TOPIC, offset(0, 1, "")), 9,
            new DescribeGroupsRequest().groups(List.of("@")), 5);
    for (Map.Entry<Message, Integer> each : flexible.entrySet()) {
      WireClient victim = broker.connect();
      victim.sendRaw(withLongId(victim.frame(each.getKey(), each.getValue()), 100_000));
      assertThat(victim.isClosedByBroker()).as(each.getKey().toString()).isTrue();
    }
  }

  /** Puts an id of so many letters in the place of {@code @}, a string with a varint for length. */
  private static byte[] withLongId(byte[] frame, int length) {
    int at = 0;
    while (frame[at] != '@') {
      at++;
    }
    ByteBuffer out = ByteBuffer.allocate(frame.length + length + 1);
    out.put(frame, 0, at - 1);
    int rest = length + 1;
    for (; rest > 0x7F; rest >>>= 7) {
      out.put((byte) (rest & 0x7F | 0x80));
    }
    out.put((byte) rest);
    out.put("g".repeat(length).getBytes(StandardCharsets.US_ASCII));
    out.put(frame, at + 1, frame.length - at - 1);
    out.putInt(0, out.position() - Integer.BYTES);
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  @Test
  void theLongestGroupIdIsAGroup() throws IOException {
    String longest = "g".repeat(Short.MAX_VALUE);
    assertThat(commit(client, commit(longest, TOPIC, offset(1, 5, ""))))
        .containsExactly(ErrorCode.NONE);
    assertThat(GroupWire.onlyOffset(client, longest)).isEqualTo(5);
    Member member = GroupWire.alone(client, longest);
    assertThat(beat(client, member)).isEqualTo(ErrorCode.NONE);
  }

  // ---- subscriptions

  @ParameterizedTest
  @ValueSource(strings = {"[", "(?=x)", "a{1001}", "((a{1000}){1000}){1000}", "(((((((a*){9}){9}"})
  void anExpressionThatIsInvalidOrTakesTooMuch(String regex) throws IOException {
    ConsumerGroupHeartbeatResponse response =
        call(
            client,
            joinConsumer("regex", "m").subscribedTopicNames(null).subscribedTopicRegex(regex));
    assertThat(error(response.errorCode())).isEqualTo(ErrorCode.INVALID_REGULAR_EXPRESSION);
    assertThat(response.errorMessage()).contains(regex);
  }

  /** With a matcher that backtracks each of them would run on the second topic without end. */
  @ParameterizedTest
  @ValueSource(strings = {"(a+)+", "(a|aa)+", "(a*)*(a*)*(a*)*", "(.*)(.*)(.*)(.*)(.*)(.*)a"})
  void anExplosiveExpressionIsLookedUpAsAnyOther(String regex) throws IOException {
    String group = "explosive " + regex;
    String name = "a".repeat(248 - regex.length());
    UUID matching = broker.createTopic(client, name, 1);
    UUID almost = broker.createTopic(client, name + "_", 1);
    ConsumerGroupHeartbeatRequest join =
        joinConsumer(group, "m").subscribedTopicNames(null).subscribedTopicRegex(regex);
    await()
        .until(() -> {
          assertThat(beat(bystander, steady)).isEqualTo(ErrorCode.NONE);
          ConsumerGroupHeartbeatResponse response = call(client, join);
          assertThat(error(response.errorCode())).isEqualTo(ErrorCode.NONE);
          assertThat(assignment(response)).doesNotContainKey(almost);
          return assignment(response).containsKey(matching);
        });
  }

  @Test
  void aTopicThatIsNotThereYetIsAssignedWhenItComesAndRevokedWhenItGoes() throws IOException {
    String group = "early";
    ConsumerGroupHeartbeatResponse joined = call(client, joinConsumer(group, "m", "later", TOPIC));
    assertThat(assignment(joined)).hasSize(1);
    UUID later = broker.createTopic(bystander, "later", 3);
    Map<UUID, Set<Integer>> assigned = awaitChange(group, joined.memberEpoch());
    assertThat(assigned).hasSize(2).containsEntry(later, Set.of(0, 1, 2));

    int epoch = call(client, joinConsumer(group, "m", "later", TOPIC)).memberEpoch();
    bystander.call(new DeleteTopicsRequest().topicNames(List.of("later")).timeoutMs(10_000), 5);
    assertThat(awaitChange(group, epoch)).hasSize(1).doesNotContainKey(later);
  }

  /** Sends heartbeats until one is told of another assignment. */
  private Map<UUID, Set<Integer>> awaitChange(String group, int epoch) {
    return await()
        .until(() -> assignment(call(client, beat(group, "m", epoch))), found -> found != null);
  }

  // ---- limits

  @Test
  void metadataThatIsTooLongIsRefusedAndTheRestOfTheCommitIsNot() throws IOException {
    String longest = "x".repeat(METADATA_MAX);
    assertThat(
            commit(
                client,
                commit("talker", TOPIC, offset(0, 3, longest + "x"), offset(1, 4, longest))))
        .containsExactly(ErrorCode.OFFSET_METADATA_TOO_LARGE, ErrorCode.NONE);
    assertThat(GroupWire.onlyOffset(client, "talker")).isEqualTo(4);
  }

  @Test
  void aFullClassicGroup() throws IOException {
    String group = "full";
    Member first = GroupWire.alone(client, group);
    WireClient second = broker.connect();
    second.send(join(group, ""), GroupWire.JOIN);
    // Until the second is in, the first would only be told its generation again.
    await().until(() -> beat(client, first) == ErrorCode.REBALANCE_IN_PROGRESS);
    Member leader = joined(group, client.call(join(group, first.id()), GroupWire.JOIN));
    Member other = joined(group, second.receive());
    client.<SyncGroupResponse>call(sync(leader, leader.id(), other.id()), GroupWire.SYNC);
    assertThat(error(second.<SyncGroupResponse>call(sync(other), GroupWire.SYNC).errorCode()))
        .isEqualTo(ErrorCode.NONE);

    assertThat(
            error(
                broker
                    .connect()
                    .<JoinGroupResponse>call(join(group, ""), GroupWire.JOIN)
                    .errorCode()))
        .isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
    assertThat(beat(client, leader)).isEqualTo(ErrorCode.NONE);
    assertThat(beat(second, other)).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void aFullConsumerGroup() throws IOException {
    String group = "full-consumer";
    int epoch = call(client, joinConsumer(group, "m1", TOPIC)).memberEpoch();
    call(client, joinConsumer(group, "m2", TOPIC));
    assertThat(refusal(joinConsumer(group, "m3", TOPIC)))
        .isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
    assertThat(refusal(beat(group, "m1", epoch))).isEqualTo(ErrorCode.NONE);
  }
}
