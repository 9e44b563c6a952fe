package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DeleteGroupsResponse.DeletableGroupResult;
import io.tailrace.protocol.message.ListGroupsResponse.ListedGroup;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** Lists and deletes groups, of whatever protocol. For the shard's thread. */
final class GroupAdmin {
  private final GroupContext context;
  private final OffsetStore offsets;

  GroupAdmin(GroupContext context, OffsetStore offsets) {
    this.context = context;
    this.offsets = offsets;
  }

  /**
   * The groups that are in one of the states and of one of the types. Upper and lower case are the
   * same; what is not known matches no group; an empty list matches all of them.
   */
  List<ListedGroup> listGroups(List<String> states, List<String> types) {
    List<ListedGroup> listed = new ArrayList<>();
    for (Group group : context.groups().values()) {
      if (matches(states, group.state()) && matches(types, group.type())) {
        listed.add(
            new ListedGroup()
                .groupId(group.groupId())
                .protocolType(group.protocolType())
                .groupState(group.state())
                .groupType(group.type()));
      }
    }
    return listed;
  }

  private static boolean matches(List<String> filter, String name) {
    return filter.isEmpty()
        || filter.stream().anyMatch(wanted -> wanted.strip().equalsIgnoreCase(name));
  }

  /** Deletes groups that have no members, with their offsets. */
  CoordinatorResult<List<DeletableGroupResult>> deleteGroups(List<String> groupIds) {
    List<CoordinatorRecord> records = new ArrayList<>();
    List<DeletableGroupResult> results = new ArrayList<>(groupIds.size());
    for (String groupId : new LinkedHashSet<>(groupIds)) {
      results.add(
          new DeletableGroupResult().groupId(groupId).errorCode(delete(groupId, records).code()));
    }
    return CoordinatorResult.of(records, results);
  }

  private ErrorCode delete(String groupId, List<CoordinatorRecord> records) {
    Group group = context.group(groupId);
    if (group == null) {
      return ErrorCode.GROUP_ID_NOT_FOUND;
    }
    try {
      group.checkDelete();
    } catch (CoordinatorException e) {
      return e.code();
    }
    offsets.addTombstones(groupId, records);
    group.addTombstones(records);
    return ErrorCode.NONE;
  }
}
