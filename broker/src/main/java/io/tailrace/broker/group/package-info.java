/**
 * Runs the coordinators of consumer groups: on which partition of {@code __consumer_offsets}, on
 * which thread, over which log. What a group is, and its protocols, {@code
 * io.tailrace.coordinator.group} knows.
 */
@NullMarked
package io.tailrace.broker.group;

import org.jspecify.annotations.NullMarked;
