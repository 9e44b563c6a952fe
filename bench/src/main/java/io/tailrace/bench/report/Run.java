package io.tailrace.bench.report;

import java.time.Instant;

/**
 * A run of the bench.
 *
 * @param command what to type to repeat it
 */
public record Run(Instant date, String command, Machine machine, Results results) {}
