/** One handler per API key. Handlers see requests and responses, never sockets or selectors. */
@NullMarked
package io.tailrace.broker.api;

import org.jspecify.annotations.NullMarked;
