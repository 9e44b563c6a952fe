/**
 * The floor: what a server in plain Java can reach at most if it does nothing but receive, check,
 * write and send. Started as a process of its own, to be measured beside brokers.
 */
@NullMarked
package io.tailrace.bench.floor;

import org.jspecify.annotations.NullMarked;
