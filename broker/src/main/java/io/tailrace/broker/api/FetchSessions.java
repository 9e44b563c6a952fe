package io.tailrace.broker.api;

import io.tailrace.broker.partition.Partitions;
import io.tailrace.env.Randomness;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.FetchResponse.FetchableTopicResponse;
import io.tailrace.protocol.message.FetchResponse.PartitionData;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The broker's fetch sessions. Safe for use by many threads: an incremental fetch finds its session
 * without a lock; opening one takes the lock, and looks at all sessions if there is no room.
 *
 * <p>Sessions are bounded in number and, whatever clients put into them, in heap. Who comes when
 * there is no room takes the place of a session that has not been used for two minutes, or else of
 * one with fewer partitions that was in use for two minutes (as in Kafka, where a session that has
 * just begun can't be pushed out either); or else has none, and names all partitions each time.
 */
public final class FetchSessions {
  private static final long EVICTION_NS = TimeUnit.MINUTES.toNanos(2);

  private final int slots;
  private final HeapShare heap;
  private final Partitions partitions;
  private final Randomness randomness;
  private final Map<Integer, FetchSession> byId = new ConcurrentHashMap<>();

  /**
   * @param slots how many there may be
   * @param maxHeapBytes what they may take together
   */
  public FetchSessions(int slots, long maxHeapBytes, Partitions partitions, Randomness randomness) {
    this.slots = slots;
    this.heap = new HeapShare(maxHeapBytes);
    this.partitions = partitions;
    this.randomness = randomness;
  }

  @Nullable FetchSession get(int id) {
    return byId.get(id);
  }

  int size() {
    return byId.size();
  }

  long heapBytes() {
    return heap.takenBytes();
  }

  /** Ends a session, if there is one of this id. */
  void close(int id) {
    FetchSession session = byId.remove(id);
    if (session != null) {
      session.close();
    }
  }

  /**
   * Opens a session for a client that has asked for {@code targets}.
   *
   * @param response what it is told of each of them, in their order
   * @return the session's id, 0 if there is no room for it
   */
  synchronized int open(
      List<FullFetch.Target> targets, FetchResponse response, boolean usesTopicIds, long nowNs) {
    if (!makeRoom(targets, usesTopicIds, nowNs)) {
      return 0;
    }
    FetchSession session = new FetchSession(newId(), usesTopicIds, nowNs, heap, partitions);
    if (!fill(session, targets, response)) {
      session.close();
      return 0;
    }
    byId.put(session.id(), session);
    return session.id();
  }

  /** As in Kafka, partitions that are not there have their turns after all others. */
  private static boolean fill(
      FetchSession session, List<FullFetch.Target> targets, FetchResponse response) {
    return fill(session, targets, response, true) && fill(session, targets, response, false);
  }

  private static boolean fill(
      FetchSession session,
      List<FullFetch.Target> targets,
      FetchResponse response,
      boolean existing) {
    int next = 0;
    for (FetchableTopicResponse topic : response.responses()) {
      for (PartitionData told : topic.partitions()) {
        FullFetch.Target target = targets.get(next++);
        if ((target.partition() != null) == existing && !session.add(target, told)) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean makeRoom(List<FullFetch.Target> targets, boolean usesTopicIds, long nowNs) {
    long needed = 0;
    for (FullFetch.Target target : targets) {
      needed +=
          FetchSession.key(
                  usesTopicIds, target.topic(), target.topicId(), target.wanted().partition())
              .heapBytes();
    }
    while (byId.size() >= slots || !heap.has(needed)) {
      boolean possible = slots > 0 && needed <= heap.maxBytes();
      FetchSession victim = possible ? evictable(targets.size(), nowNs) : null;
      if (victim == null) {
        return false;
      }
      close(victim.id());
    }
    return true;
  }

  /** The session that makes room for one of {@code size} partitions, if any may. */
  private @Nullable FetchSession evictable(int size, long nowNs) {
    FetchSession stalest = null;
    FetchSession smallest = null;
    for (FetchSession session : byId.values()) {
      if (stalest == null || session.lastUsedNs() - stalest.lastUsedNs() < 0) {
        stalest = session;
      }
      boolean established = session.lastUsedNs() - session.createdNs() > EVICTION_NS;
      if (established && session.size() < size) {
        if (smallest == null || session.size() < smallest.size()) {
          smallest = session;
        }
      }
    }
    boolean stale = stalest != null && nowNs - stalest.lastUsedNs() > EVICTION_NS;
    return stale ? stalest : smallest;
  }

  /** Not to be guessed: whoever knows it can use up the session. */
  private int newId() {
    int id = 0;
    while (id == 0 || byId.containsKey(id)) {
      id = (int) randomness.nextLong() & Integer.MAX_VALUE;
    }
    return id;
  }
}
