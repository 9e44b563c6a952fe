/**
 * Consumer groups as load: members that speak either protocol, each on its own connection, and what
 * they see of a rebalance.
 */
@NullMarked
package io.tailrace.bench.group;

import org.jspecify.annotations.NullMarked;
