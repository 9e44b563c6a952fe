package io.tailrace.coordinator.differential;

import io.tailrace.protocol.Message;
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
import io.tailrace.protocol.message.ListGroupsRequest;
import io.tailrace.protocol.message.ListGroupsResponse;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.message.OffsetDeleteRequest;
import io.tailrace.protocol.message.OffsetDeleteResponse;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchResponse;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.util.function.Supplier;

/** The requests that are compared. */
enum Api {
  OFFSET_COMMIT(
      OffsetCommitRequest.API_KEY,
      OffsetCommitRequest.LOWEST_VERSION,
      OffsetCommitRequest.HIGHEST_VERSION,
      OffsetCommitRequest::new,
      OffsetCommitResponse::new),
  OFFSET_FETCH(
      OffsetFetchRequest.API_KEY,
      OffsetFetchRequest.LOWEST_VERSION,
      OffsetFetchRequest.HIGHEST_VERSION,
      OffsetFetchRequest::new,
      OffsetFetchResponse::new),
  OFFSET_DELETE(
      OffsetDeleteRequest.API_KEY,
      OffsetDeleteRequest.LOWEST_VERSION,
      OffsetDeleteRequest.HIGHEST_VERSION,
      OffsetDeleteRequest::new,
      OffsetDeleteResponse::new),
  JOIN_GROUP(
      JoinGroupRequest.API_KEY,
      JoinGroupRequest.LOWEST_VERSION,
      JoinGroupRequest.HIGHEST_VERSION,
      JoinGroupRequest::new,
      JoinGroupResponse::new),
  SYNC_GROUP(
      SyncGroupRequest.API_KEY,
      SyncGroupRequest.LOWEST_VERSION,
      SyncGroupRequest.HIGHEST_VERSION,
      SyncGroupRequest::new,
      SyncGroupResponse::new),
  HEARTBEAT(
      HeartbeatRequest.API_KEY,
      HeartbeatRequest.LOWEST_VERSION,
      HeartbeatRequest.HIGHEST_VERSION,
      HeartbeatRequest::new,
      HeartbeatResponse::new),
  LEAVE_GROUP(
      LeaveGroupRequest.API_KEY,
      LeaveGroupRequest.LOWEST_VERSION,
      LeaveGroupRequest.HIGHEST_VERSION,
      LeaveGroupRequest::new,
      LeaveGroupResponse::new),
  CONSUMER_GROUP_HEARTBEAT(
      ConsumerGroupHeartbeatRequest.API_KEY,
      ConsumerGroupHeartbeatRequest.LOWEST_VERSION,
      ConsumerGroupHeartbeatRequest.HIGHEST_VERSION,
      ConsumerGroupHeartbeatRequest::new,
      ConsumerGroupHeartbeatResponse::new),
  CONSUMER_GROUP_DESCRIBE(
      ConsumerGroupDescribeRequest.API_KEY,
      ConsumerGroupDescribeRequest.LOWEST_VERSION,
      ConsumerGroupDescribeRequest.HIGHEST_VERSION,
      ConsumerGroupDescribeRequest::new,
      ConsumerGroupDescribeResponse::new),
  DESCRIBE_GROUPS(
      DescribeGroupsRequest.API_KEY,
      DescribeGroupsRequest.LOWEST_VERSION,
      DescribeGroupsRequest.HIGHEST_VERSION,
      DescribeGroupsRequest::new,
      DescribeGroupsResponse::new),
  LIST_GROUPS(
      ListGroupsRequest.API_KEY,
      ListGroupsRequest.LOWEST_VERSION,
      ListGroupsRequest.HIGHEST_VERSION,
      ListGroupsRequest::new,
      ListGroupsResponse::new),
  DELETE_GROUPS(
      DeleteGroupsRequest.API_KEY,
      DeleteGroupsRequest.LOWEST_VERSION,
      DeleteGroupsRequest.HIGHEST_VERSION,
      DeleteGroupsRequest::new,
      DeleteGroupsResponse::new);

  private final short key;
  private final short lowest;
  private final short highest;
  private final Supplier<Message> newRequest;
  private final Supplier<Message> newResponse;

  Api(
      short key,
      short lowest,
      short highest,
      Supplier<Message> newRequest,
      Supplier<Message> newResponse) {
    this.key = key;
    this.lowest = lowest;
    this.highest = highest;
    this.newRequest = newRequest;
    this.newResponse = newResponse;
  }

  short key() {
    return key;
  }

  short lowest() {
    return lowest;
  }

  short highest() {
    return highest;
  }

  Message request(byte[] bytes, short version) {
    return Wire.read(newRequest.get(), bytes, version);
  }

  Message response(byte[] bytes, short version) {
    return Wire.read(newResponse.get(), bytes, version);
  }
}
