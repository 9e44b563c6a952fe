package io.tailrace.broker.api;

import io.tailrace.broker.partition.Partition;
import io.tailrace.broker.partition.Partitions;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchRequest.FetchPartition;
import io.tailrace.protocol.message.FetchRequest.FetchTopic;
import io.tailrace.protocol.message.FetchRequest.ForgottenTopic;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.FetchResponse.PartitionData;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of one client's incremental fetches (KIP-227). A request names only what has
 * changed on the client's side, an answer only what has changed on ours.
 *
 * <p>What a fetch costs grows with what has changed, not with the session: it looks only at <em>
 * pending</em> partitions. All others watch their {@link Partition}, which tells each once when it
 * grows; that puts it into the queue of the changed, and the next look takes it from there. After a
 * look a partition stays pending until it is found to have nothing more for the client. One that
 * nobody fetches any more is told once and then costs appends nothing.
 *
 * <p>A client uses one connection, but may come back on another while the broker still works for
 * the first: all but {@link #changed} takes the session's lock. Each fetch raises the epoch, so
 * that a fetch which has been overtaken finds out.
 */
final class FetchSession {
  private static final int FIRST_EPOCH = 1;
  private static final Comparator<SessionPartition> BY_TURN =
      Comparator.comparingLong(SessionPartition::turn);

  /** Finds what no watcher tells: a log start that has moved, a log that went offline. */
  private static final long LOOK_AT_ALL_NS = TimeUnit.SECONDS.toNanos(1);

  private final int id;
  private final boolean usesTopicIds;
  private final long createdNs;
  private final HeapShare heap;
  private final Partitions partitions;
  private final Map<SessionPartition.Key, SessionPartition> sessionPartitions = new HashMap<>();
  private final List<SessionPartition> pending = new ArrayList<>();
  private final Queue<SessionPartition> changed = new ConcurrentLinkedQueue<>();
  private final AtomicReference<Partition.@Nullable Watcher> waiting = new AtomicReference<>();
  private int epoch = FIRST_EPOCH;
  private long turns;
  private long heapBytes;
  private long lookedAtAllNs;
  private boolean closed;
  private volatile int size;
  private volatile long lastUsedNs;

  FetchSession(int id, boolean usesTopicIds, long nowNs, HeapShare heap, Partitions partitions) {
    this.id = id;
    this.usesTopicIds = usesTopicIds;
    this.createdNs = nowNs;
    this.lookedAtAllNs = nowNs;
    this.lastUsedNs = nowNs;
    this.heap = heap;
    this.partitions = partitions;
  }

  int id() {
    return id;
  }

  /** Whether its requests name topics by id; they all do, or none. */
  boolean usesTopicIds() {
    return usesTopicIds;
  }

  long createdNs() {
    return createdNs;
  }

  long lastUsedNs() {
    return lastUsedNs;
  }

  /** Number of partitions. */
  int size() {
    return size;
  }

  static SessionPartition.Key key(boolean byId, String topic, UUID topicId, int partition) {
    return byId
        ? new SessionPartition.Key("", topicId, partition)
        : new SessionPartition.Key(topic, Message.ZERO_UUID, partition);
  }

  /**
   * Adds a partition that a full fetch has been told of.
   *
   * @return whether there was heap for it
   */
  synchronized boolean add(FullFetch.Target target, PartitionData told) {
    FetchPartition wanted = target.wanted();
    SessionPartition.Key key =
        key(usesTopicIds, target.topic(), target.topicId(), wanted.partition());
    SessionPartition partition = want(key, target.topic(), wanted);
    if (partition != null) {
      partition.told(told);
    }
    return partition != null;
  }

  private @Nullable SessionPartition want(
      SessionPartition.Key key, String topic, FetchPartition wanted) {
    SessionPartition partition = sessionPartitions.get(key);
    if (partition == null) {
      if (!heap.take(key.heapBytes())) {
        return null;
      }
      heapBytes += key.heapBytes();
      partition = new SessionPartition(this, key, topic, wanted);
      partition.setTurn(++turns);
      sessionPartitions.put(key, partition);
      size = sessionPartitions.size();
    }
    partition.want(wanted);
    setPending(partition);
    return partition;
  }

  private void setPending(SessionPartition partition) {
    if (!partition.isPending()) {
      partition.setPending(true);
      pending.add(partition);
    }
  }

  /**
   * Takes up an incremental request. A fetch that waits is overtaken by it.
   *
   * @return NONE; or why the client has to begin a new session
   */
  synchronized ErrorCode begin(FetchRequest body, boolean byId, long nowNs) {
    if (closed) {
      return ErrorCode.FETCH_SESSION_ID_NOT_FOUND;
    }
    if (body.sessionEpoch() != epoch) {
      return ErrorCode.INVALID_FETCH_SESSION_EPOCH;
    }
    if (byId != usesTopicIds) {
      return ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR;
    }
    if (!update(body)) {
      // Without heap for what is added the session can't go on.
      return ErrorCode.FETCH_SESSION_ID_NOT_FOUND;
    }
    forget(body);
    lastUsedNs = nowNs;
    epoch = nextEpoch(epoch);
    if (nowNs - lookedAtAllNs >= LOOK_AT_ALL_NS) {
      lookedAtAllNs = nowNs;
      sessionPartitions.values().forEach(this::setPending);
    }
    tellWaiting();
    return ErrorCode.NONE;
  }

  static int nextEpoch(int epoch) {
    return epoch == Integer.MAX_VALUE ? FIRST_EPOCH : epoch + 1;
  }

  private boolean update(FetchRequest body) {
    for (FetchTopic topic : body.topics()) {
      for (FetchPartition wanted : topic.partitions()) {
        SessionPartition.Key key =
            key(usesTopicIds, topic.topic(), topic.topicId(), wanted.partition());
        if (want(key, topic.topic(), wanted) == null) {
          return false;
        }
      }
    }
    return true;
  }

  private void forget(FetchRequest body) {
    for (ForgottenTopic topic : body.forgottenTopicsData()) {
      for (int index : topic.partitions()) {
        SessionPartition partition =
            sessionPartitions.remove(key(usesTopicIds, topic.topic(), topic.topicId(), index));
        if (partition != null) {
          partition.forget();
          heapBytes -= partition.key().heapBytes();
          heap.giveBack(partition.key().heapBytes());
        }
      }
    }
    size = sessionPartitions.size();
  }

  /** Adds to {@code fetch} what is new, in order of the partitions' turns. */
  synchronized void look(IncrementalFetch fetch, int expectedEpoch) {
    if (closed || epoch != expectedEpoch) {
      fetch.hurry();
      return;
    }
    takeChanged();
    pending.sort(BY_TURN);
    int kept = 0;
    for (SessionPartition partition : pending) {
      boolean stays = !partition.isForgotten() && partition.look(fetch, partitions);
      partition.setPending(stays);
      if (stays) {
        pending.set(kept++, partition);
      }
    }
    pending.subList(kept, pending.size()).clear();
  }

  private void takeChanged() {
    SessionPartition partition = changed.poll();
    while (partition != null) {
      partition.changeTaken();
      setPending(partition);
      partition = changed.poll();
    }
  }

  /** The answer is sent: what was found at the last look is told, and had its turn. */
  synchronized FetchResponse conclude(FetchResponse response, int expectedEpoch) {
    if (closed) {
      return new FetchResponse().errorCode(ErrorCode.FETCH_SESSION_ID_NOT_FOUND.code());
    }
    if (epoch != expectedEpoch) {
      return new FetchResponse()
          .errorCode(ErrorCode.INVALID_FETCH_SESSION_EPOCH.code())
          .sessionId(id);
    }
    for (SessionPartition partition : pending) {
      PartitionData news = partition.takeNews();
      if (news != null && partition.told(news)) {
        partition.setTurn(++turns);
      }
    }
    return response.sessionId(id);
  }

  /** A partition may have something new. From any thread; takes no lock. */
  void changed(SessionPartition partition) {
    changed.add(partition);
    tellWaiting();
  }

  /** Tells {@code watcher}, once, when something changes or the fetch has been overtaken. */
  synchronized void watch(Partition.Watcher watcher, int expectedEpoch) {
    if (!closed && epoch == expectedEpoch) {
      waiting.set(watcher);
    }
  }

  void unwatch(Partition.Watcher watcher) {
    waiting.compareAndSet(watcher, null);
  }

  private void tellWaiting() {
    Partition.Watcher watcher = waiting.getAndSet(null);
    if (watcher != null) {
      watcher.advanced();
    }
  }

  /** Ends it, and gives its heap back. */
  synchronized void close() {
    if (!closed) {
      closed = true;
      sessionPartitions.values().forEach(SessionPartition::forget);
      sessionPartitions.clear();
      pending.clear();
      heap.giveBack(heapBytes);
      tellWaiting();
    }
  }
}
