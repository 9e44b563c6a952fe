package io.tailrace.broker.net;

import io.tailrace.protocol.FileRecords;
import io.tailrace.protocol.ProtocolWriter;

/** One response, written to bytes when its turn in its connection's order has come. */
public interface ResponseEncoder {

  /**
   * Writes response header and body, without the length prefix. Called at most once, on the loop's
   * thread. Records that are spliced in rather than copied must be {@link FileRecords}.
   */
  void encode(ProtocolWriter out);

  /**
   * The response's parts are no longer needed: bytes copied, file slices sent, or the connection
   * gone. Called exactly once: on the loop's thread, or, if the connection had gone before {@link
   * PendingResponse#complete}, on the thread that called it.
   */
  void release();
}
