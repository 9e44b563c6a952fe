package io.tailrace.broker.api;

import io.tailrace.broker.partition.Partition;
import io.tailrace.broker.partition.Partitions;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.FetchRequest.FetchPartition;
import io.tailrace.protocol.message.FetchResponse.PartitionData;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A partition of a fetch session: what the client wants of it, and what it has been told. Guarded
 * by the session's lock, save for {@link #advanced}.
 */
final class SessionPartition implements Partition.Watcher {

  /** Estimated heap of one, with its places in the session's map and the partition's watchers. */
  private static final int HEAP_BYTES = 350;

  /** How clients name it: topics by name in some sessions, by id in the others. */
  record Key(String topic, UUID topicId, int partition) {

    /** Heap that a session takes for this partition. */
    int heapBytes() {
      return HEAP_BYTES + Character.BYTES * topic.length();
    }
  }

  private final FetchSession session;
  private final Key key;
  private String topicName;
  private FetchPartition wanted;
  private @Nullable Partition partition;
  private ErrorCode missing = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;

  /** Registered as a watcher, or on its way from there to the session's queue. */
  private boolean watching;

  private boolean pending;
  private boolean forgotten;
  private long turn;
  private long toldHighWatermark = -1;
  private long toldLogStartOffset = -1;

  /** Goes into the response unless the fetch waits on. */
  private @Nullable PartitionData news;

  /**
   * @param topicName empty if the client gave an id and there is no such topic
   */
  SessionPartition(FetchSession session, Key key, String topicName, FetchPartition wanted) {
    this.session = session;
    this.key = key;
    this.topicName = topicName;
    this.wanted = wanted;
  }

  Key key() {
    return key;
  }

  void want(FetchPartition changed) {
    wanted = changed;
  }

  boolean isPending() {
    return pending;
  }

  void setPending(boolean value) {
    pending = value;
  }

  /** Rank in the session: partitions that had data longer ago come first. */
  long turn() {
    return turn;
  }

  void setTurn(long value) {
    turn = value;
  }

  boolean isForgotten() {
    return forgotten;
  }

  void forget() {
    forgotten = true;
    unwatch();
  }

  private void unwatch() {
    if (partition != null) {
      partition.unwatch(this);
    }
    watching = false;
  }

  /** The session has taken up that this partition has changed. */
  void changeTaken() {
    watching = false;
  }

  @Override
  public void advanced() {
    session.changed(this);
  }

  /**
   * Looks whether there is something that the client has not been told, and adds it to the fetch.
   * It may be that the log can't be read on this thread: the fetch then looks again later.
   *
   * @return whether the next look must be at this partition again, even if nobody tells it to
   */
  boolean look(Fetch fetch, Partitions partitions) {
    resolve(partitions);
    if (partition != null && !watching) {
      watching = true;
      partition.watch(this);
    }
    PartitionData data = fetch.read(partition, wanted, missing);
    news = isNews(data) ? data : null;
    if (news != null) {
      fetch.add(key.topic(), key.topicId(), data);
    }
    return news != null || fetch.mustReadDisk() || wanted.fetchOffset() < data.highWatermark();
  }

  private void resolve(Partitions partitions) {
    Partitions.Topic topic =
        session.usesTopicIds() ? partitions.topic(key.topicId()) : partitions.topic(topicName);
    Partition found = topic == null ? null : topic.partition(key.partition());
    if (found != partition) {
      unwatch();
      partition = found;
    }
    if (topic != null) {
      topicName = topic.name();
    }
    missing = topic == null ? missingTopic(partitions) : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  }

  /** Once its id was known, a topic goes by its name, as in Kafka. */
  private ErrorCode missingTopic(Partitions partitions) {
    if (!session.usesTopicIds()) {
      return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    }
    if (topicName.isEmpty()) {
      return ErrorCode.UNKNOWN_TOPIC_ID;
    }
    boolean another = partitions.partition(topicName, key.partition()) != null;
    return another ? ErrorCode.INCONSISTENT_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  }

  private boolean isNews(PartitionData data) {
    return hasRecords(data)
        || data.errorCode() != ErrorCode.NONE.code()
        || data.highWatermark() != toldHighWatermark
        || data.logStartOffset() != toldLogStartOffset
        || data.divergingEpoch().epoch() >= 0;
  }

  private static boolean hasRecords(PartitionData data) {
    return data.records() != null && data.records().sizeInBytes() > 0;
  }

  /** What it would have told; null if nothing. Forgets it. */
  @Nullable PartitionData takeNews() {
    PartitionData taken = news;
    news = null;
    return taken;
  }

  /**
   * The client is being told.
   *
   * @return whether it gets records
   */
  boolean told(PartitionData data) {
    toldHighWatermark = data.highWatermark();
    toldLogStartOffset = data.logStartOffset();
    return hasRecords(data);
  }
}
