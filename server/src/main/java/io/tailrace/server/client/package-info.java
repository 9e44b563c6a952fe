/** A small blocking client of Kafka's protocol, for commands: ours or any other broker answers. */
@NullMarked
package io.tailrace.server.client;

import org.jspecify.annotations.NullMarked;
