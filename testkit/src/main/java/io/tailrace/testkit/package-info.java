/**
 * What tests need in place of the machine: a disk that fails and forgets on purpose, a clock that
 * stands still, seeded randomness; and on the other end of a socket: a raw client, a broker that
 * says what it is told to. Ships with nothing.
 */
@NullMarked
package io.tailrace.testkit;

import org.jspecify.annotations.NullMarked;
