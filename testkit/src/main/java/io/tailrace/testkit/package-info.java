/**
 * What tests need in place of the machine: a disk that fails and forgets on purpose, a clock that
 * stands still, seeded randomness. Ships with nothing.
 */
@NullMarked
package io.tailrace.testkit;

import org.jspecify.annotations.NullMarked;
