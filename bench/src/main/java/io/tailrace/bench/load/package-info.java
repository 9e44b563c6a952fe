/**
 * The load: connections that send requests encoded before, as fast as they are answered or on a
 * schedule, and take the time of the answers. It speaks Kafka's protocol with any broker.
 */
@NullMarked
package io.tailrace.bench.load;

import org.jspecify.annotations.NullMarked;
