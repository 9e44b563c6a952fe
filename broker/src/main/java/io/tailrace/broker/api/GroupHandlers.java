package io.tailrace.broker.api;

import io.tailrace.broker.group.GroupCoordinator;
import io.tailrace.coordinator.group.GroupShard;
import io.tailrace.coordinator.group.OffsetResponses;
import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.metadata.ClusterImage;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ConsumerGroupDescribeRequest;
import io.tailrace.protocol.message.ConsumerGroupDescribeResponse;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import io.tailrace.protocol.message.DeleteGroupsRequest;
import io.tailrace.protocol.message.DeleteGroupsResponse;
import io.tailrace.protocol.message.DescribeGroupsRequest;
import io.tailrace.protocol.message.DescribeGroupsResponse;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.HeartbeatResponse;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.LeaveGroupResponse;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetDeleteRequest;
import io.tailrace.protocol.message.OffsetDeleteResponse;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.util.List;
import java.util.function.Supplier;

/** The handlers of all requests about consumer groups. */
final class GroupHandlers {
  private GroupHandlers() {}

  static List<ApiHandler> all(GroupCoordinator groups, Supplier<ClusterImage> image) {
    return List.of(
        new FindCoordinatorHandler(groups, image),
        join(groups),
        sync(groups),
        heartbeat(groups),
        leave(groups),
        consumerHeartbeat(groups),
        commit(groups),
        new OffsetFetchHandler(groups),
        deleteOffsets(groups),
        new ListGroupsHandler(groups),
        describe(groups),
        describeConsumer(groups),
        delete(groups));
  }

  private static ApiHandler join(GroupCoordinator groups) {
    return new GroupHandler<>(
        ApiKey.JOIN_GROUP,
        groups,
        JoinGroupRequest::new,
        JoinGroupRequest::groupId,
        (_, _) -> false,
        GroupShard::join,
        (request, refused) ->
            new JoinGroupResponse().errorCode(refused.code().code()).memberId(request.memberId()));
  }

  private static ApiHandler sync(GroupCoordinator groups) {
    return new GroupHandler<>(
        ApiKey.SYNC_GROUP,
        groups,
        SyncGroupRequest::new,
        SyncGroupRequest::groupId,
        (_, _) -> false,
        GroupShard::sync,
        (request, refused) -> new SyncGroupResponse().errorCode(refused.code().code()));
  }

  private static ApiHandler heartbeat(GroupCoordinator groups) {
    return new GroupHandler<>(
        ApiKey.HEARTBEAT,
        groups,
        HeartbeatRequest::new,
        HeartbeatRequest::groupId,
        (_, _) -> true,
        GroupShard::heartbeat,
        (request, refused) -> new HeartbeatResponse().errorCode(heartbeatError(refused).code()));
  }

  /** A member must not leave because its group is still being loaded. */
  private static ErrorCode heartbeatError(CoordinatorException refused) {
    return refused.code() == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS
        ? ErrorCode.NONE
        : refused.code();
  }

  private static ApiHandler leave(GroupCoordinator groups) {
    return new GroupHandler<>(
        ApiKey.LEAVE_GROUP,
        groups,
        LeaveGroupRequest::new,
        LeaveGroupRequest::groupId,
        (_, _) -> false,
        GroupShard::leave,
        (request, refused) -> new LeaveGroupResponse().errorCode(refused.code().code()));
  }

  private static ApiHandler consumerHeartbeat(GroupCoordinator groups) {
    return new GroupHandler<>(
        ApiKey.CONSUMER_GROUP_HEARTBEAT,
        groups,
        ConsumerGroupHeartbeatRequest::new,
        ConsumerGroupHeartbeatRequest::groupId,
        GroupShard::isQuick,
        GroupShard::consumerHeartbeat,
        (request, refused) ->
            new ConsumerGroupHeartbeatResponse()
                .errorCode(refused.code().code())
                .errorMessage(refused.getMessage()));
  }

  private static ApiHandler commit(GroupCoordinator groups) {
    return new GroupHandler<>(
        ApiKey.OFFSET_COMMIT,
        groups,
        OffsetCommitRequest::new,
        OffsetCommitRequest::groupId,
        (_, _) -> true,
        GroupShard::commitOffsets,
        (request, refused) -> OffsetResponses.refused(request, refused.code()));
  }

  private static ApiHandler deleteOffsets(GroupCoordinator groups) {
    return new GroupHandler<>(
        ApiKey.OFFSET_DELETE,
        groups,
        OffsetDeleteRequest::new,
        OffsetDeleteRequest::groupId,
        (_, _) -> false,
        GroupShard::deleteOffsets,
        (request, refused) -> new OffsetDeleteResponse().errorCode(refused.code().code()));
  }

  private static ApiHandler describe(GroupCoordinator groups) {
    return new GroupsHandler<>(
        ApiKey.DESCRIBE_GROUPS,
        groups,
        DescribeGroupsRequest::new,
        DescribeGroupsRequest::groups,
        group -> group,
        (shard, context, request, group) -> {
          DescribeGroupsResponse.DescribedGroup described = shard.describe(context, group);
          if (request.includeAuthorizedOperations()) {
            described.authorizedOperations(AuthorizedOperations.GROUP);
          }
          return CoordinatorResult.of(described);
        },
        (group, refused) ->
            new DescribeGroupsResponse.DescribedGroup()
                .groupId(group)
                .errorCode(refused.code().code()),
        described -> new DescribeGroupsResponse().groups(described));
  }

  private static ApiHandler describeConsumer(GroupCoordinator groups) {
    return new GroupsHandler<>(
        ApiKey.CONSUMER_GROUP_DESCRIBE,
        groups,
        ConsumerGroupDescribeRequest::new,
        ConsumerGroupDescribeRequest::groupIds,
        group -> group,
        (shard, context, request, group) -> {
          ConsumerGroupDescribeResponse.DescribedGroup described = shard.describeConsumer(group);
          if (request.includeAuthorizedOperations()) {
            described.authorizedOperations(AuthorizedOperations.GROUP);
          }
          return CoordinatorResult.of(described);
        },
        (group, refused) ->
            new ConsumerGroupDescribeResponse.DescribedGroup()
                .groupId(group)
                .errorCode(refused.code().code())
                .errorMessage(refused.getMessage()),
        described -> new ConsumerGroupDescribeResponse().groups(described));
  }

  private static ApiHandler delete(GroupCoordinator groups) {
    return new GroupsHandler<>(
        ApiKey.DELETE_GROUPS,
        groups,
        DeleteGroupsRequest::new,
        DeleteGroupsRequest::groupsNames,
        group -> group,
        (shard, context, request, group) -> shard.delete(List.of(group)),
        (group, refused) ->
            List.of(
                new DeleteGroupsResponse.DeletableGroupResult()
                    .groupId(group)
                    .errorCode(refused.code().code())),
        results ->
            new DeleteGroupsResponse().results(results.stream().flatMap(List::stream).toList()));
  }
}
