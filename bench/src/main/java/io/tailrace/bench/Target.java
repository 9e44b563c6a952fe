package io.tailrace.bench;

import java.net.InetSocketAddress;
import java.util.OptionalLong;

/**
 * A running broker to measure.
 *
 * @param pid its process, if that is known: without it there are no figures of CPU and memory
 */
record Target(String name, InetSocketAddress address, OptionalLong pid) {}
