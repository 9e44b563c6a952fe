/**
 * Settings: one typed definition each ({@link io.tailrace.broker.config.ConfigKey}), two tables of
 * them (broker and topic), and immutable values read from text under Kafka's names, types, defaults
 * and ranges. Knows no files, no protocol and no threads.
 */
@NullMarked
package io.tailrace.broker.config;

import org.jspecify.annotations.NullMarked;
