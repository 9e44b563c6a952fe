package io.tailrace.broker.api;

import io.tailrace.broker.partition.Partition;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.FetchRequest.FetchPartition;
import io.tailrace.protocol.message.FetchResponse;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A fetch that names all its partitions; its answer has them all. */
final class FullFetch extends Fetch {

  /**
   * One partition that the client asked for.
   *
   * @param topic its topic's name; empty if the client gave an id and there is no such topic
   * @param partition null if there is none here
   * @param missing what to say of a partition that is not here, or not any more
   */
  record Target(
      String topic,
      UUID topicId,
      FetchPartition wanted,
      @Nullable Partition partition,
      ErrorCode missing) {}

  /** Makes a session of what a fetch asked for and got. */
  interface SessionOpener {
    /**
     * @return the session's id, 0 if there is no room for one
     */
    int open(List<Target> targets, FetchResponse response);
  }

  private final List<Target> targets;
  private final SessionOpener sessionOpener;

  FullFetch(ApiRequest request, Limits limits, List<Target> targets, SessionOpener sessionOpener) {
    super(request, limits);
    this.targets = targets;
    this.sessionOpener = sessionOpener;
  }

  @Override
  void look() {
    if (targets.isEmpty()) {
      hurry();
    }
    for (Target target : targets) {
      add(
          target.topic(),
          target.topicId(),
          read(target.partition(), target.wanted(), target.missing()));
    }
  }

  @Override
  FetchResponse conclude(FetchResponse response) {
    return response.sessionId(sessionOpener.open(targets, response));
  }

  @Override
  void watch(Partition.Watcher waiting) {
    for (Target target : targets) {
      if (target.partition() != null) {
        target.partition().watch(waiting);
      }
    }
  }

  @Override
  void unwatch(Partition.Watcher waiting) {
    for (Target target : targets) {
      if (target.partition() != null) {
        target.partition().unwatch(waiting);
      }
    }
  }
}
