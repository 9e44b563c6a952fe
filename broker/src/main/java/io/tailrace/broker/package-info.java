/** The broker as a library: start one inside any JVM, connect any Kafka client to it. */
@NullMarked
package io.tailrace.broker;

import org.jspecify.annotations.NullMarked;
