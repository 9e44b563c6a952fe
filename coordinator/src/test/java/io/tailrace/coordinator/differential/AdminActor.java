package io.tailrace.coordinator.differential;

import io.tailrace.protocol.message.ConsumerGroupDescribeRequest;
import io.tailrace.protocol.message.DeleteGroupsRequest;
import io.tailrace.protocol.message.DescribeGroupsRequest;
import io.tailrace.protocol.message.ListGroupsRequest;
import java.util.List;

/** Looks at groups, and deletes one now and then. */
final class AdminActor implements Scenario.Actor {
  private static final List<String> STATES =
      List.of(
          "Empty",
          "stable",
          "PreparingRebalance",
          "CompletingRebalance",
          "Assigning",
          "Reconciling",
          "Dead",
          "Nonsense");
  private static final List<String> TYPES = List.of("Classic", "consumer", "Share", "Nonsense");

  private final World world;

  AdminActor(World world) {
    this.world = world;
  }

  @Override
  public Step act() {
    List<String> groups = List.of("g0", "g1", "g9").subList(0, 1 + world.below(3));
    return switch (world.below(8)) {
      case 0, 1 -> list();
      case 2, 3, 4 ->
          world.ask(
              Api.DESCRIBE_GROUPS,
              world.version(Api.DESCRIBE_GROUPS),
              new DescribeGroupsRequest().groups(groups));
      case 5, 6 ->
          world.ask(
              Api.CONSUMER_GROUP_DESCRIBE,
              world.version(Api.CONSUMER_GROUP_DESCRIBE),
              new ConsumerGroupDescribeRequest().groupIds(groups));
      default ->
          world.ask(
              Api.DELETE_GROUPS,
              world.version(Api.DELETE_GROUPS),
              new DeleteGroupsRequest().groupsNames(List.of(world.pick(groups))));
    };
  }

  private Step list() {
    short version = world.version(Api.LIST_GROUPS);
    ListGroupsRequest request = new ListGroupsRequest();
    if (version >= 4 && world.chance(0.5)) {
      request.statesFilter(List.of(world.pick(STATES), world.pick(STATES)));
    }
    if (version >= 5 && world.chance(0.3)) {
      request.typesFilter(List.of(world.pick(TYPES)));
    }
    return world.ask(Api.LIST_GROUPS, version, request);
  }
}
