/**
 * What Tailrace takes from the machine: clock, disk, threads, randomness. The only package that
 * opens files, reads clocks or starts threads, so that everything above it runs in tests under a
 * simulated clock and a disk that fails on purpose.
 */
@NullMarked
package io.tailrace.env;

import org.jspecify.annotations.NullMarked;
