/**
 * Turns Kafka's message schemas (JSON) into Java. Runs in the build only: {@code Main} reads a
 * folder of schemas and writes a folder of sources.
 */
@NullMarked
package io.tailrace.protocol.generator;

import org.jspecify.annotations.NullMarked;
