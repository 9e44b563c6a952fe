package io.tailrace.coordinator.differential;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ConsumerGroupDescribeRequest;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatRequest;
import org.apache.kafka.common.requests.DeleteGroupsRequest;
import org.apache.kafka.common.requests.DescribeGroupsRequest;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupResponse;
import org.apache.kafka.common.requests.ListGroupsRequest;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.coordinator.group.GroupCoordinatorService;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;

/**
 * What stands between the wire and the coordinator in a Kafka broker, without authorization: which
 * method serves which request, and what some versions lack.
 */
final class KafkaRequests {
  private static final BufferSupplier BUFFERS = BufferSupplier.NO_CACHING;

  private final GroupCoordinatorService service;
  private final KafkaOffsetRequests offsets;

  KafkaRequests(GroupCoordinatorService service, KafkaTopics topics) {
    this.service = service;
    this.offsets = new KafkaOffsetRequests(service, topics);
  }

  CompletableFuture<? extends ApiMessage> handle(
      AbstractRequest request, AuthorizableRequestContext context) {
    short version = request.version();
    return switch (request) {
      case OffsetCommitRequest commit -> offsets.commit(commit, context);
      case OffsetFetchRequest fetch -> offsets.fetch(fetch, context);
      case OffsetDeleteRequest delete -> offsets.delete(delete, context);
      case JoinGroupRequest join ->
          service
              .joinGroup(context, join.data(), BUFFERS)
              .thenApply(data -> new JoinGroupResponse(data, version).data());
      case SyncGroupRequest sync ->
          sync.areMandatoryProtocolTypeAndNamePresent()
              ? service.syncGroup(context, sync.data(), BUFFERS)
              : CompletableFuture.completedFuture(
                  new SyncGroupResponseData()
                      .setErrorCode(Errors.INCONSISTENT_GROUP_PROTOCOL.code()));
      case HeartbeatRequest heartbeat -> service.heartbeat(context, heartbeat.data());
      case LeaveGroupRequest leave ->
          service
              .leaveGroup(context, leave.normalizedData())
              .thenApply(data -> new LeaveGroupResponse(data, version).data());
      case ConsumerGroupHeartbeatRequest heartbeat ->
          service.consumerGroupHeartbeat(context, heartbeat.data());
      case ConsumerGroupDescribeRequest describe ->
          service
              .consumerGroupDescribe(context, describe.data().groupIds())
              .thenApply(groups -> new ConsumerGroupDescribeResponseData().setGroups(groups));
      case DescribeGroupsRequest describe ->
          service
              .describeGroups(context, describe.data().groups())
              .thenApply(groups -> new DescribeGroupsResponseData().setGroups(groups));
      case ListGroupsRequest list -> service.listGroups(context, list.data());
      case DeleteGroupsRequest delete ->
          service
              .deleteGroups(context, delete.data().groupsNames(), BUFFERS)
              .thenApply(results -> new DeleteGroupsResponseData().setResults(results));
      default -> throw new IllegalArgumentException(request + " is not a group's");
    };
  }
}
