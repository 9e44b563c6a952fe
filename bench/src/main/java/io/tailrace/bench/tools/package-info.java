/** Apache Kafka's own performance tools, run as processes. */
@NullMarked
package io.tailrace.bench.tools;

import org.jspecify.annotations.NullMarked;
