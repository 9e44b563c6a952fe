/**
 * What the cluster is: an immutable image of brokers, topics and configs, the log of Kafka's
 * metadata records that changes it, and the controller that decides on changes. Knows no
 * connections.
 */
@NullMarked
package io.tailrace.metadata;

import org.jspecify.annotations.NullMarked;
