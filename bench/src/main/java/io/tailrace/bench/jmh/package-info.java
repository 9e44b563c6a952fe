/** JMH benchmarks of what the broker does for every request: {@code ./tailrace bench jmh}. */
@NullMarked
package io.tailrace.bench.jmh;

import org.jspecify.annotations.NullMarked;
