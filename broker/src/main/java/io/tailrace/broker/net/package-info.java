/**
 * The network: listeners, event loops on JDK NIO, connections, length-prefixed frames,
 * back-pressure. Knows no API keys: a {@link io.tailrace.broker.net.RequestProcessor} gets each
 * request's bytes and answers through a {@link io.tailrace.broker.net.PendingResponse}.
 */
@NullMarked
package io.tailrace.broker.net;

import org.jspecify.annotations.NullMarked;
