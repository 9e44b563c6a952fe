/** {@code tailrace group}: consumer groups and how far they are behind, of any Kafka cluster. */
@NullMarked
package io.tailrace.server.group;

import org.jspecify.annotations.NullMarked;
