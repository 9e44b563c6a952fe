package io.tailrace.broker.api;

import io.tailrace.broker.partition.Partition;
import io.tailrace.protocol.message.FetchResponse;

/** A fetch of whatever is new in a session's partitions. */
final class IncrementalFetch extends Fetch {
  private final FetchSession session;
  private final int sessionEpoch;

  /**
   * @param session one that has {@link FetchSession#begin begun} this fetch
   */
  IncrementalFetch(ApiRequest request, Limits limits, FetchSession session, int sessionEpoch) {
    super(request, limits);
    this.session = session;
    this.sessionEpoch = sessionEpoch;
  }

  @Override
  void look() {
    session.look(this, sessionEpoch);
  }

  @Override
  FetchResponse conclude(FetchResponse response) {
    return session.conclude(response, sessionEpoch);
  }

  @Override
  void watch(Partition.Watcher waiting) {
    session.watch(waiting, sessionEpoch);
  }

  @Override
  void unwatch(Partition.Watcher waiting) {
    session.unwatch(waiting);
  }
}
