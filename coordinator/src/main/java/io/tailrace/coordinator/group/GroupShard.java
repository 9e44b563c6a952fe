package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.coordinator.runtime.CoordinatorShard;
import io.tailrace.coordinator.runtime.Timers;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.ConsumerGroupDescribeResponse;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import io.tailrace.protocol.message.DeleteGroupsResponse.DeletableGroupResult;
import io.tailrace.protocol.message.DescribeGroupsResponse;
import io.tailrace.protocol.message.GroupMetadataKey;
import io.tailrace.protocol.message.GroupMetadataValue;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.HeartbeatResponse;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.LeaveGroupResponse;
import io.tailrace.protocol.message.LegacyOffsetCommitKey;
import io.tailrace.protocol.message.ListGroupsRequest;
import io.tailrace.protocol.message.ListGroupsResponse.ListedGroup;
import io.tailrace.protocol.message.OffsetCommitKey;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.message.OffsetDeleteRequest;
import io.tailrace.protocol.message.OffsetDeleteResponse;
import io.tailrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/** The groups in one partition of {@code __consumer_offsets}, and all that may be asked of them. */
public final class GroupShard implements CoordinatorShard {
  private final ClassicGroups classic;
  private final ConsumerGroups consumer;
  private final HostedMembers hosted;
  private final OffsetStore offsets;
  private final OffsetWrites writes;
  private final OffsetReads reads;
  private final OffsetExpiration expiration;
  private final GroupAdmin admin;

  /**
   * @param settings the broker's, now
   * @param groupConfigs the dynamic configs of a group by name, now
   * @param topics the cluster's topics, now
   * @param newId makes member ids; random
   */
  public GroupShard(
      Supplier<GroupSettings> settings,
      Function<String, Map<String, String>> groupConfigs,
      Supplier<Topics> topics,
      Supplier<UUID> newId,
      Timers timers) {
    this(new GroupContext(settings, groupConfigs, topics, newId, timers));
  }

  GroupShard(GroupContext context) {
    classic = new ClassicGroups(context);
    consumer = new ConsumerGroups(context, classic);
    hosted = new HostedMembers(context, consumer);
    offsets = new OffsetStore(context, classic::create);
    writes = new OffsetWrites(context, offsets);
    reads = new OffsetReads(context, offsets);
    expiration = new OffsetExpiration(context, offsets);
    admin = new GroupAdmin(context, offsets);
  }

  public CoordinatorResult<JoinGroupResponse> join(RequestContext asks, JoinGroupRequest request) {
    return hosted.has(request.groupId()) ? hosted.join(asks, request) : classic.join(asks, request);
  }

  public CoordinatorResult<SyncGroupResponse> sync(RequestContext asks, SyncGroupRequest request) {
    return hosted.has(request.groupId()) ? hosted.sync(asks, request) : classic.sync(asks, request);
  }

  public CoordinatorResult<HeartbeatResponse> heartbeat(
      RequestContext asks, HeartbeatRequest request) {
    return hosted.has(request.groupId())
        ? hosted.heartbeat(asks, request)
        : classic.heartbeat(asks, request);
  }

  public CoordinatorResult<LeaveGroupResponse> leave(
      RequestContext asks, LeaveGroupRequest request) {
    return hosted.has(request.groupId())
        ? hosted.leave(asks, request)
        : classic.leave(asks, request);
  }

  /** Whether a heartbeat is one of the many that change nothing; takes a few look-ups. */
  public boolean isQuick(ConsumerGroupHeartbeatRequest request) {
    return consumer.isQuick(request);
  }

  public CoordinatorResult<ConsumerGroupHeartbeatResponse> consumerHeartbeat(
      RequestContext asks, ConsumerGroupHeartbeatRequest request) {
    return consumer.heartbeat(asks, request);
  }

  public CoordinatorResult<OffsetCommitResponse> commitOffsets(
      RequestContext asks, OffsetCommitRequest request) {
    return writes.commit(asks, request);
  }

  public OffsetFetchResponseGroup fetchOffsets(
      RequestContext asks, OffsetFetchRequestGroup request, boolean requireStable) {
    return reads.fetch(asks, request, requireStable);
  }

  public CoordinatorResult<OffsetDeleteResponse> deleteOffsets(
      RequestContext asks, OffsetDeleteRequest request) {
    return writes.delete(request);
  }

  public List<ListedGroup> list(ListGroupsRequest request) {
    return admin.listGroups(request.statesFilter(), request.typesFilter());
  }

  /** What DescribeGroups says of a group. */
  public DescribeGroupsResponse.DescribedGroup describe(RequestContext asks, String groupId) {
    return classic.describe(asks, groupId);
  }

  /** What ConsumerGroupDescribe says of a group. */
  public ConsumerGroupDescribeResponse.DescribedGroup describeConsumer(String groupId) {
    return consumer.describe(groupId);
  }

  public CoordinatorResult<List<DeletableGroupResult>> delete(List<String> groupIds) {
    return admin.deleteGroups(groupIds);
  }

  /**
   * Follows the cluster's metadata.
   *
   * @param created new topics, of which some may have the name of a deleted one
   * @param grown topics that have more partitions now
   * @param deleted topics that are gone; their offsets go with them
   * @return how many offsets
   */
  public CoordinatorResult<Integer> topicsChanged(
      Set<String> created, Set<String> grown, Set<String> deleted) {
    if (!created.isEmpty()) {
      consumer.topicsCreated(created);
    }
    consumer.topicsChanged(grown);
    consumer.topicsChanged(deleted);
    List<CoordinatorRecord> records =
        deleted.isEmpty() ? List.of() : expiration.topicsDeleted(deleted);
    return CoordinatorResult.of(records, records.size());
  }

  @Override
  public void replay(long offset, long producerId, CoordinatorRecord record) {
    Message key = record.key();
    switch (key) {
      case OffsetCommitKey ignored -> offsets.replay(offset, producerId, record);
      case LegacyOffsetCommitKey ignored -> offsets.replay(offset, producerId, record);
      case GroupMetadataKey it -> classic.replay(it, (GroupMetadataValue) record.value());
      default -> {
        if (!consumer.replay(record)) {
          throw new IllegalArgumentException(key + " is no key of a group's record");
        }
      }
    }
  }

  @Override
  public void endTransaction(long producerId, boolean committed) {
    offsets.endTransaction(producerId, committed);
  }

  @Override
  public void loaded(long nowMs) {
    classic.loaded(nowMs);
    consumer.loaded(nowMs);
    expiration.loaded(nowMs);
  }

  @Override
  public void unloaded() {
    classic.unloaded();
    consumer.unloaded();
  }
}
