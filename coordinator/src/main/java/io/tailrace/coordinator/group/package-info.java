/**
 * Consumer groups: the classic protocol, the consumer protocol (KIP-848), and the offsets that both
 * commit, over the partitions of {@code __consumer_offsets} in Kafka's record formats.
 */
@NullMarked
package io.tailrace.coordinator.group;

import org.jspecify.annotations.NullMarked;
