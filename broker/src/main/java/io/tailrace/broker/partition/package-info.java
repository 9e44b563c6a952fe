/** The partitions that this broker leads: their logs, waiting requests and group commit. */
@NullMarked
package io.tailrace.broker.partition;

import org.jspecify.annotations.NullMarked;
