package io.tailrace.bench;

import org.jspecify.annotations.Nullable;

/**
 * What is the same for all workloads of a run.
 *
 * @param acks 1, or -1 for all
 * @param topic an existing topic to use instead of creating topics; it is not deleted
 */
record LoadSettings(short acks, @Nullable String topic) {}
