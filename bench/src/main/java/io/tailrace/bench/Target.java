package io.tailrace.bench;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A running broker to measure.
 *
 * @param pid its process, if that is known: without it there are no figures of CPU and memory
 * @param folder below which its data is; null if the run has not started it
 */
record Target(String name, InetSocketAddress address, OptionalLong pid, @Nullable Path folder) {}
