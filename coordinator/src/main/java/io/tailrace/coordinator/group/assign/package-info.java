/**
 * How the coordinator shares out partitions among the members of a consumer group. Pure functions:
 * they know no group, no record and no time.
 */
@NullMarked
package io.tailrace.coordinator.group.assign;

import org.jspecify.annotations.NullMarked;
