package io.tailrace.bench.group;

import io.tailrace.bench.BenchException;
import io.tailrace.bench.load.Caller;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import io.tailrace.protocol.message.DeleteGroupsRequest;
import io.tailrace.protocol.message.DeleteGroupsResponse;
import io.tailrace.protocol.message.FindCoordinatorRequest;
import io.tailrace.protocol.message.FindCoordinatorResponse;
import io.tailrace.protocol.message.LeaveGroupResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The requests around the life of groups, to the one broker that coordinates all. */
public final class GroupAdmin implements AutoCloseable {
  /** What a broker serves that coordinates groups of both protocols. */
  public static final Set<ApiKey> NEEDS =
      Set.of(ApiKey.FIND_COORDINATOR, ApiKey.CONSUMER_GROUP_HEARTBEAT);

  private static final short FIND_COORDINATOR_VERSION = 4;
  private static final short DELETE_GROUPS_VERSION = 2;
  private static final int MS_BETWEEN_TRIES = 20;
  private static final int TRIES = 1500;

  private final Caller caller;
  private final GroupOffsets offsets;

  public GroupAdmin(InetSocketAddress broker) throws IOException {
    caller = new Caller(broker);
    offsets = new GroupOffsets(caller);
  }

  public GroupOffsets offsets() {
    return offsets;
  }

  /** Has the topic that groups live in made, and waits until all of those groups are served. */
  public void awaitCoordinator(List<String> groupIds) throws IOException, InterruptedException {
    for (int i = 0; i < TRIES; i++) {
      if (findCoordinators(groupIds) && offsets.notServed(groupIds).isEmpty()) {
        return;
      }
      Thread.sleep(MS_BETWEEN_TRIES);
    }
    throw new BenchException(
        "groups such as %s are still not served after %d s"
            .formatted(groupIds.getFirst(), TRIES * MS_BETWEEN_TRIES / 1000));
  }

  private boolean findCoordinators(List<String> groupIds) throws IOException {
    FindCoordinatorRequest request = new FindCoordinatorRequest().coordinatorKeys(groupIds);
    return caller
        .call(
            ApiKey.FIND_COORDINATOR,
            FIND_COORDINATOR_VERSION,
            request,
            new FindCoordinatorResponse())
        .coordinators()
        .stream()
        .allMatch(it -> it.errorCode() == ErrorCode.NONE.code());
  }

  /** Has all those members leave, and deletes their groups. */
  public void remove(GroupProtocol protocol, List<Membership> members) throws IOException {
    Map<String, List<Membership>> byGroup =
        members.stream().collect(Collectors.groupingBy(Membership::groupId));
    for (Map.Entry<String, List<Membership>> group : byGroup.entrySet()) {
      switch (protocol) {
        case CLASSIC -> leave(group.getKey(), group.getValue());
        case CONSUMER -> leave(group.getValue());
      }
    }
    delete(byGroup.keySet());
  }

  private void leave(String groupId, List<Membership> members) throws IOException {
    List<String> ids = members.stream().map(Membership::memberId).toList();
    LeaveGroupResponse answer =
        caller.call(
            ApiKey.LEAVE_GROUP,
            ClassicMember.LEAVE_VERSION,
            ClassicMember.leaving(groupId, ids),
            new LeaveGroupResponse());
    Caller.check(answer.errorCode(), null, "LeaveGroup");
  }

  private void leave(List<Membership> members) throws IOException {
    for (Membership member : members) {
      ConsumerGroupHeartbeatResponse answer =
          caller.call(
              ApiKey.CONSUMER_GROUP_HEARTBEAT,
              ConsumerMember.VERSION,
              ConsumerMember.leaving(member),
              new ConsumerGroupHeartbeatResponse());
      Caller.check(answer.errorCode(), answer.errorMessage(), "ConsumerGroupHeartbeat");
    }
  }

  private void delete(Set<String> groupIds) throws IOException {
    DeleteGroupsResponse answer =
        caller.call(
            ApiKey.DELETE_GROUPS,
            DELETE_GROUPS_VERSION,
            new DeleteGroupsRequest().groupsNames(List.copyOf(groupIds)),
            new DeleteGroupsResponse());
    answer.results().forEach(it -> Caller.check(it.errorCode(), null, "DeleteGroups"));
  }

  @Override
  public void close() throws IOException {
    caller.close();
  }
}
