package io.tailrace.metadata;

import io.tailrace.protocol.ErrorCode;

/**
 * Something asked of the controller. A decision is a function of the request and the newest image:
 * no I/O, no clock.
 */
interface Operation<R> {

  Change<R> decide(ClusterImage image);

  /** The response that refuses everything that was asked for. */
  R refuse(ErrorCode code, String message);
}
