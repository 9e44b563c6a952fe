package io.tailrace.bench.floor;

import io.tailrace.bench.load.Frames;
import io.tailrace.protocol.ApiKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One client: its requests are answered in order, those that arrived together in one write. */
final class FloorConnection {
  private final SocketChannel channel;
  private final SelectionKey key;
  private final FloorTopics topics;
  private final FloorAdmin admin;
  private final FloorInput input = new FloorInput();
  private final FloorOutput output = new FloorOutput();

  /** That of the last request: most likely that of the next. */
  private @Nullable FloorTopic topic;

  /** A fetch at the end of its partition, which waits for more. */
  private @Nullable FloorPartition awaited;

  private int awaitedIndex;
  private int awaitedCorrelationId;
  private int awaitedMaxBytes;
  private long awaitedOffset;
  private long awaitedUntilNs;

  FloorConnection(SocketChannel channel, SelectionKey key, FloorTopics topics, FloorAdmin admin) {
    this.channel = channel;
    this.key = key;
    this.topics = topics;
    this.admin = admin;
  }

  /** Receives, unless answers have to leave first, and works on what has arrived. */
  void turn() throws IOException {
    try {
      if (key.isReadable() && !input.receive(channel)) {
        close();
        return;
      }
    } catch (IOException e) {
      close(); // the client reset the connection
      return;
    }
    work();
  }

  private void work() throws IOException {
    boolean sent;
    do {
      while (awaited == null && output.takesMore() && input.nextFrame()) {
        handle(input.frame());
      }
      sent = output.send(channel);
    } while (sent && awaited == null && input.hasFrame());
    int wanted = sent ? SelectionKey.OP_READ : SelectionKey.OP_WRITE;
    if (key.interestOps() != wanted) {
      key.interestOps(wanted);
    }
  }

  private void handle(ByteBuffer frame) throws IOException {
    short api = frame.getShort(frame.position());
    if (api == ApiKey.PRODUCE.id()) {
      produce(frame);
    } else if (api == ApiKey.FETCH.id()) {
      fetch(frame);
    } else if (api == ApiKey.HEARTBEAT.id()) {
      welcome(frame, admin.heartbeat());
    } else if (api == ApiKey.CONSUMER_GROUP_HEARTBEAT.id()) {
      welcome(frame, admin.consumerHeartbeat());
    } else {
      output.add(admin.answer(frame));
    }
  }

  /** Any member is, of any group: nobody is looked up. */
  private void welcome(ByteBuffer frame, ByteBuffer answer) {
    int correlationId = skipHeader(frame);
    int at = output.add(answer);
    output.bytes().putInt(at + Frames.SIZE_BYTES, correlationId);
  }

  /** Version 12: transactional id, acks, timeout, [topic, [index, records]]. */
  private void produce(ByteBuffer frame) throws IOException {
    int correlationId = skipHeader(frame);
    skipCompact(frame);
    frame.position(frame.position() + Short.BYTES + Integer.BYTES);
    FloorTopic topic = topicOf(frame);
    int index = frame.getInt();
    int size = Frames.unsignedVarint(frame) - 1;
    FloorPartition partition = topic.partition(index);
    long offset = partition.append(frame, frame.position(), size);
    topic.produceAnswer().addTo(output, correlationId, index, offset);
    partition.wake();
  }

  /**
   * Version 12: replica, wait, least bytes, most bytes, isolation, session and its epoch, [topic,
   * [index, leader epoch, offset, …]].
   */
  private void fetch(ByteBuffer frame) throws IOException {
    int correlationId = skipHeader(frame);
    int maxWaitMs = frame.getInt(frame.position() + Integer.BYTES);
    int maxBytes = frame.getInt(frame.position() + 3 * Integer.BYTES);
    frame.position(frame.position() + 4 * Integer.BYTES + 1 + 2 * Integer.BYTES);
    FloorTopic topic = topicOf(frame);
    int index = frame.getInt();
    FloorPartition partition = topic.partition(index);
    long offset = frame.getLong(frame.position() + Integer.BYTES);
    if (offset < partition.endOffset()) {
      topic.fetchAnswer().addTo(output, correlationId, index, partition, offset, maxBytes);
      return;
    }
    awaited = partition;
    awaitedIndex = index;
    awaitedCorrelationId = correlationId;
    awaitedMaxBytes = maxBytes;
    awaitedOffset = offset;
    awaitedUntilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(maxWaitMs);
    partition.await(this);
  }

  /** The partition that a fetch waits for has grown, or has not in time. */
  void endWait() throws IOException {
    FloorPartition partition = awaited;
    if (partition != null && topic != null) {
      awaited = null;
      topic
          .fetchAnswer()
          .addTo(
              output,
              awaitedCorrelationId,
              awaitedIndex,
              partition,
              awaitedOffset,
              awaitedMaxBytes);
      work();
    }
  }

  void expireWait(long nowNs) throws IOException {
    FloorPartition partition = awaited;
    if (partition != null && nowNs - awaitedUntilNs >= 0) {
      partition.forget(this);
      endWait();
    }
  }

  /** API key and version int16, correlation id int32, client id, tags. */
  private static int skipHeader(ByteBuffer frame) {
    frame.getInt();
    int correlationId = frame.getInt();
    int clientIdSize = frame.getShort();
    frame.position(frame.position() + Math.max(0, clientIdSize));
    Frames.skipTags(frame);
    return correlationId;
  }

  private static void skipCompact(ByteBuffer frame) {
    int size = Frames.unsignedVarint(frame) - 1;
    frame.position(frame.position() + Math.max(0, size));
  }

  /** Reads the array of one topic up to the entry of its one partition. */
  private FloorTopic topicOf(ByteBuffer frame) {
    Frames.unsignedVarint(frame); // one topic
    int size = Frames.unsignedVarint(frame) - 1;
    if (topic == null || !topic.isNamed(frame, frame.position(), size)) {
      topic = topics.named(frame, frame.position(), size);
    }
    frame.position(frame.position() + size);
    Frames.unsignedVarint(frame); // one partition
    return topic;
  }

  private void close() throws IOException {
    if (awaited != null) {
      awaited.forget(this);
      awaited = null;
    }
    channel.close();
  }
}
