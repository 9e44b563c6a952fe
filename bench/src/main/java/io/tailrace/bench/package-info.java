/**
 * The load generator behind {@code ./tailrace bench}: measures a broker from outside, over its
 * socket and {@code /proc}, alone or side by side with Apache Kafka.
 */
@NullMarked
package io.tailrace.bench;

import org.jspecify.annotations.NullMarked;
