/**
 * The storage engine: a partition's log as segments of record batches with sparse indexes, on
 * Kafka's file formats. Knows no topics and no sockets.
 */
@NullMarked
package io.tailrace.log;

import org.jspecify.annotations.NullMarked;
