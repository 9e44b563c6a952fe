package io.tailrace.coordinator.differential;

import io.tailrace.coordinator.group.Topics.Topic;
import io.tailrace.coordinator.runtime.CoordinatorLog.Entry;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A group coordinator with one partition, its clock and its topics: Kafka's or ours. What goes in
 * and comes out is in wire and record format. On one thread; all that can be done is done when a
 * method returns.
 */
interface GroupsUnderTest {

  /**
   * @param request the body in that version
   * @return the response's body in that version; completes when the coordinator answers
   */
  CompletableFuture<byte[]> ask(Api api, short version, byte[] request, String clientId);

  /** Lets time pass, and runs the timers on the way, each at its time. */
  void advanceTo(long nowMs);

  /** The topics that there are from now on. */
  void setTopics(Collection<Topic> topics);

  /** The dynamic configs of a group from now on. */
  void setGroupConfigs(String groupId, Map<String, String> configs);

  /** Stops, and starts again from what is in the log. */
  void restart();

  /** The records written since the last call. */
  List<Entry> takeRecords();
}
