package io.tailrace.metadata;

import io.tailrace.protocol.Message;
import java.util.List;

/**
 * What an operation decided.
 *
 * @param records to be written and applied, all or none; empty if nothing changes
 * @param response to be answered once they are durable
 */
record Change<R>(List<Message> records, R response) {}
