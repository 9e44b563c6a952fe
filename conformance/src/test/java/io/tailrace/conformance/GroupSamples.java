package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** Requests about consumer groups. */
final class GroupSamples {
  /** A group of which there are offsets only. */
  static final String SIMPLE = "simple";

  private static final String NOBODY = "nobody";
  private static final long OFFSET = 1;
  private static final short FIND_SEVERAL = 4;
  private static final short FETCH_GROUPS = 8;
  private static final short OFFSETS_BY_ID = 10;

  private final TopicIdPartition filled;
  private final int port;

  /**
   * @param filled a partition of a topic with two
   * @param port where the broker listens
   */
  GroupSamples(TopicIdPartition filled, int port) {
    this.filled = filled;
    this.port = port;
  }

  Stream<ApiSample> all() {
    return Stream.of(coordinators(), members(), offsets(), admin()).flatMap(samples -> samples);
  }

  private Stream<ApiSample> coordinators() {
    return Stream.of(
        find("a group's", 0)
            .checks(
                FindCoordinatorResponseData.class,
                (version, response) ->
                    assertThat(
                            version < FIND_SEVERAL
                                ? response.port()
                                : response.coordinators().getFirst().port())
                        .isEqualTo(port)),
        find("a transaction's", 1).since(1).fails(Errors.COORDINATOR_NOT_AVAILABLE),
        find("nothing that there is", 9).since(1).fails(Errors.INVALID_REQUEST));
  }

  private static ApiSample find(String name, int type) {
    return ApiSample.of(
        ApiKeys.FIND_COORDINATOR,
        name,
        version -> {
          var request = new FindCoordinatorRequestData().setKeyType((byte) type);
          return version < FIND_SEVERAL
              ? request.setKey(SIMPLE)
              : request.setCoordinatorKeys(List.of(SIMPLE));
        });
  }

  private Stream<ApiSample> members() {
    return Stream.of(
        join("no group", "", 10_000).fails(Errors.INVALID_GROUP_ID),
        join("a session too short", "joined", 1).fails(Errors.INVALID_SESSION_TIMEOUT),
        join("a new member", "joined", 10_000).since(4).fails(Errors.MEMBER_ID_REQUIRED),
        ApiSample.of(
                ApiKeys.SYNC_GROUP,
                "a member that is none",
                version ->
                    new SyncGroupRequestData()
                        .setGroupId(NOBODY)
                        .setMemberId("me")
                        .setProtocolType(version < 5 ? null : "consumer")
                        .setProtocolName(version < 5 ? null : "range"))
            .fails(Errors.UNKNOWN_MEMBER_ID),
        ApiSample.of(
                ApiKeys.HEARTBEAT,
                "a member that is none",
                version -> new HeartbeatRequestData().setGroupId(NOBODY).setMemberId("me"))
            .fails(Errors.UNKNOWN_MEMBER_ID),
        ApiSample.of(
                ApiKeys.LEAVE_GROUP,
                "a member that is none",
                version -> {
                  var request = new LeaveGroupRequestData().setGroupId(NOBODY);
                  return version < 3
                      ? request.setMemberId("me")
                      : request.setMembers(List.of(new MemberIdentity().setMemberId("me")));
                })
            .fails(Errors.UNKNOWN_MEMBER_ID),
        heartbeat("no group", version -> "").fails(Errors.INVALID_REQUEST),
        heartbeat("a new member", version -> "consumers-" + version)
            .checks(ConsumerGroupHeartbeatResponseData.class, this::assignsBoth));
  }

  private static ApiSample join(String name, String group, int sessionTimeoutMs) {
    return ApiSample.of(
        ApiKeys.JOIN_GROUP,
        name,
        version ->
            new JoinGroupRequestData()
                .setGroupId(group)
                .setSessionTimeoutMs(sessionTimeoutMs)
                .setRebalanceTimeoutMs(sessionTimeoutMs)
                .setProtocolType("consumer")
                .setProtocols(
                    new JoinGroupRequestData.JoinGroupRequestProtocolCollection(
                        List.of(
                                new JoinGroupRequestData.JoinGroupRequestProtocol()
                                    .setName("range")
                                    .setMetadata(new byte[] {1}))
                            .iterator())));
  }

  private interface GroupOf {
    String version(short version);
  }

  private ApiSample heartbeat(String name, GroupOf group) {
    return ApiSample.of(
        ApiKeys.CONSUMER_GROUP_HEARTBEAT,
        name,
        version ->
            new ConsumerGroupHeartbeatRequestData()
                .setGroupId(group.version(version))
                .setMemberId(version == 0 ? "" : Uuid.randomUuid().toString())
                .setMemberEpoch(0)
                .setRebalanceTimeoutMs(10_000)
                .setSubscribedTopicNames(List.of(filled.topic()))
                .setTopicPartitions(List.of()));
  }

  private void assignsBoth(short version, ConsumerGroupHeartbeatResponseData response) {
    assertThat(response.memberId()).isNotEmpty();
    assertThat(response.memberEpoch()).isPositive();
    var assigned = response.assignment().topicPartitions();
    assertThat(assigned).hasSize(1);
    assertThat(assigned.getFirst().topicId()).isEqualTo(filled.topicId());
    assertThat(assigned.getFirst().partitions()).containsExactly(0, 1);
  }

  private Stream<ApiSample> offsets() {
    return Stream.of(
        commit("a consumer without a group", filled.topic(), filled.topicId()),
        commit("a topic that is not there", "not-there", Uuid.ZERO_UUID)
            .until(OFFSETS_BY_ID - 1)
            .fails(Errors.UNKNOWN_TOPIC_OR_PARTITION),
        commit("a topic id that is not there", "", new Uuid(7, 7))
            .since(OFFSETS_BY_ID)
            .fails(Errors.UNKNOWN_TOPIC_ID),
        ApiSample.of(ApiKeys.OFFSET_FETCH, "what was committed", this::fetch)
            .checks(OffsetFetchResponseData.class, GroupSamples::hasTheOffset),
        deleteOffsets("a partition without an offset", SIMPLE),
        deleteOffsets("no such group", NOBODY).fails(Errors.GROUP_ID_NOT_FOUND));
  }

  private static ApiSample commit(String name, String topic, Uuid id) {
    return ApiSample.of(
        ApiKeys.OFFSET_COMMIT,
        name,
        version -> {
          var ofTopic =
              new OffsetCommitRequestTopic()
                  .setPartitions(
                      List.of(
                          new OffsetCommitRequestPartition()
                              .setPartitionIndex(0)
                              .setCommittedOffset(OFFSET)
                              .setCommittedMetadata("here")));
          return new OffsetCommitRequestData()
              .setGroupId(SIMPLE)
              .setTopics(
                  List.of(
                      version < OFFSETS_BY_ID ? ofTopic.setName(topic) : ofTopic.setTopicId(id)));
        });
  }

  private OffsetFetchRequestData fetch(short version) {
    if (version < FETCH_GROUPS) {
      return new OffsetFetchRequestData()
          .setGroupId(SIMPLE)
          .setTopics(
              List.of(
                  new OffsetFetchRequestTopic()
                      .setName(filled.topic())
                      .setPartitionIndexes(List.of(0))));
    }
    var topic = new OffsetFetchRequestTopics().setPartitionIndexes(List.of(0));
    return new OffsetFetchRequestData()
        .setGroups(
            List.of(
                new OffsetFetchRequestGroup()
                    .setGroupId(SIMPLE)
                    .setTopics(
                        List.of(
                            version < OFFSETS_BY_ID
                                ? topic.setName(filled.topic())
                                : topic.setTopicId(filled.topicId())))));
  }

  private static void hasTheOffset(short version, OffsetFetchResponseData response) {
    if (version < FETCH_GROUPS) {
      var partition = response.topics().getFirst().partitions().getFirst();
      assertThat(partition.committedOffset()).isEqualTo(OFFSET);
      assertThat(partition.metadata()).isEqualTo("here");
    } else {
      var topics = response.groups().getFirst().topics();
      var partition = topics.getFirst().partitions().getFirst();
      assertThat(partition.committedOffset()).isEqualTo(OFFSET);
      assertThat(partition.metadata()).isEqualTo("here");
    }
  }

  private ApiSample deleteOffsets(String name, String group) {
    return ApiSample.of(
        ApiKeys.OFFSET_DELETE,
        name,
        version ->
            new OffsetDeleteRequestData()
                .setGroupId(group)
                .setTopics(
                    new OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection(
                        List.of(
                                new OffsetDeleteRequestData.OffsetDeleteRequestTopic()
                                    .setName(filled.topic())
                                    .setPartitions(
                                        List.of(
                                            new OffsetDeleteRequestData
                                                    .OffsetDeleteRequestPartition()
                                                .setPartitionIndex(1))))
                            .iterator())));
  }

  private static Stream<ApiSample> admin() {
    return Stream.of(
        ApiSample.of(ApiKeys.LIST_GROUPS, "all", version -> new ListGroupsRequestData())
            .checks(
                ListGroupsResponseData.class,
                (version, response) ->
                    assertThat(response.groups())
                        .extracting(ListGroupsResponseData.ListedGroup::groupId)
                        .contains(SIMPLE)),
        describe("a group", SIMPLE)
            .checks(
                DescribeGroupsResponseData.class,
                (version, response) ->
                    assertThat(response.groups().getFirst().groupState()).isEqualTo("Empty")),
        describe("no such group", NOBODY)
            .until(5)
            .checks(
                DescribeGroupsResponseData.class,
                (version, response) ->
                    assertThat(response.groups().getFirst().groupState()).isEqualTo("Dead")),
        describe("no such group", NOBODY).since(6).fails(Errors.GROUP_ID_NOT_FOUND),
        ApiSample.of(
                ApiKeys.CONSUMER_GROUP_DESCRIBE,
                "no such group",
                version -> new ConsumerGroupDescribeRequestData().setGroupIds(List.of(NOBODY)))
            .fails(Errors.GROUP_ID_NOT_FOUND),
        ApiSample.of(
                ApiKeys.DELETE_GROUPS,
                "no such group",
                version -> new DeleteGroupsRequestData().setGroupsNames(List.of(NOBODY)))
            .fails(Errors.GROUP_ID_NOT_FOUND));
  }

  private static ApiSample describe(String name, String group) {
    return ApiSample.of(
        ApiKeys.DESCRIBE_GROUPS,
        name,
        version -> new DescribeGroupsRequestData().setGroups(List.of(group)));
  }
}
