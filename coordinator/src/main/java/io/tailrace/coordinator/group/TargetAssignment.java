package io.tailrace.coordinator.group;

import io.tailrace.coordinator.group.assign.Assignment;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import java.util.List;

/**
 * The target that a member is to be reconciled with.
 *
 * @param epoch the group's epoch that it is for
 * @param ofMember its part
 * @param records what changes in the group's target by it; none if it is the one that holds
 */
record TargetAssignment(int epoch, Assignment ofMember, List<CoordinatorRecord> records) {}
