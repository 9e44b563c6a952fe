/**
 * Kafka's wire protocol: primitives by hand, messages generated from Kafka's own schemas (package
 * {@code message}). No I/O, no state.
 */
@NullMarked
package io.tailrace.protocol;

import org.jspecify.annotations.NullMarked;
