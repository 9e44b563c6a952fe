package io.tailrace.bench.load;

import io.tailrace.bench.BenchException;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Reads one partition from its first offset to its end, and again, or waits there for more. Looks
 * at nothing but the answer's head and the batches' headers, so that fetched bytes cost no more
 * than receiving them.
 *
 * <p>Fetch version 12: the last that names topics, and its partition's tagged fields come after the
 * records. The layout of an answer with one partition:
 *
 * <pre>
 *   size int32, correlationId int32, tags | throttle int32, error int16, sessionId int32,
 *   [1] topic compact string, [1] partition int32, error int16, highWatermark int64,
 *   lastStableOffset int64, logStartOffset int64, abortedTransactions null, replica int32,
 *   records: unsigned varint size + 1, batches, the last of them maybe cut off | tags
 * </pre>
 */
public final class FetchExchange implements Exchange {
  static final short VERSION = 12;
  private static final int MAX_WAIT_MS = 500;

  /** The answer's head is shorter than this: a topic's name has at most 249 bytes. */
  private static final int LONGEST_HEAD_BYTES = 320;

  /** Is shown each whole batch when its head has arrived. */
  public interface BatchWatcher {
    /** How many bytes of a batch it looks at. */
    int headBytes();

    void batch(ByteBuffer in, int at);
  }

  /** Looks at nothing. */
  private static final BatchWatcher NOBODY =
      new BatchWatcher() {
        @Override
        public int headBytes() {
          return RecordBatch.HEADER_SIZE;
        }

        @Override
        public void batch(ByteBuffer in, int at) {}
      };

  private final String partitionName;
  private final boolean follow;
  private final BatchWatcher watcher;
  private final ByteBuffer request;
  private final int fetchOffsetAt;
  private long nextOffset;

  private boolean inAnswer;
  private int answerLeft;
  private int recordsLeft;
  private int batchLeft;
  private long highWatermark;
  private long logStartOffset;
  private int answeredRecords;
  private long answeredBytes;

  /** Fetches at most {@code maxBytes} at a time, and begins again at the log's end. */
  public FetchExchange(String topic, int partition, int maxBytes) {
    this(topic, partition, maxBytes, false, NOBODY);
  }

  /** Fetches what there is and then, as it comes, what is produced. */
  public static FetchExchange following(
      String topic, int partition, int maxBytes, BatchWatcher watcher) {
    return new FetchExchange(topic, partition, maxBytes, true, watcher);
  }

  private FetchExchange(
      String topic, int partition, int maxBytes, boolean follow, BatchWatcher watcher) {
    this.follow = follow;
    this.watcher = watcher;
    this.partitionName = topic + "-" + partition;
    this.request = frame(topic, partition, maxBytes, 0);
    this.fetchOffsetAt = request.mismatch(frame(topic, partition, maxBytes, -1));
  }

  private static ByteBuffer frame(String topic, int partition, int maxBytes, long offset) {
    FetchRequest.FetchPartition wanted =
        new FetchRequest.FetchPartition()
            .partition(partition)
            .fetchOffset(offset)
            .partitionMaxBytes(maxBytes);
    FetchRequest body =
        new FetchRequest()
            .maxWaitMs(MAX_WAIT_MS)
            .minBytes(1)
            .maxBytes(maxBytes)
            .topics(
                List.of(new FetchRequest.FetchTopic().topic(topic).partitions(List.of(wanted))));
    return Frames.request(ApiKey.FETCH, VERSION, body);
  }

  @Override
  public ByteBuffer nextRequest(int correlationId, long timeNs) {
    request.putInt(Frames.CORRELATION_ID, correlationId);
    request.putLong(fetchOffsetAt, nextOffset);
    return request.rewind();
  }

  @Override
  public boolean receive(ByteBuffer in, int correlationId) {
    if (!inAnswer && !readHead(in, correlationId)) {
      return false;
    }
    skipRecords(in);
    if (recordsLeft > 0) {
      return false;
    }
    answerLeft -= skip(in, answerLeft);
    if (answerLeft > 0) {
      return false;
    }
    inAnswer = false;
    if (nextOffset >= highWatermark && !follow) {
      nextOffset = logStartOffset;
    }
    return true;
  }

  private boolean readHead(ByteBuffer in, int correlationId) {
    int start = in.position();
    int frameSize = Frames.frameSize(in);
    if (frameSize < 0 || in.remaining() < Math.min(frameSize, LONGEST_HEAD_BYTES)) {
      return false;
    }
    Frames.checkCorrelationId(in, correlationId);
    in.position(start + Frames.AFTER_CORRELATION_ID);
    Frames.skipTags(in);
    in.getInt(); // throttle time
    check(in.getShort());
    in.getInt(); // session id
    expectOne(in);
    skip(in, Frames.unsignedVarint(in) - 1); // topic
    expectOne(in);
    in.getInt(); // partition
    check(in.getShort());
    highWatermark = in.getLong();
    in.getLong(); // last stable offset
    logStartOffset = in.getLong();
    if (Frames.unsignedVarint(in) > 1) {
      throw new BenchException(partitionName + " holds aborted transactions: choose another topic");
    }
    in.getInt(); // preferred read replica
    recordsLeft = Math.max(0, Frames.unsignedVarint(in) - 1);
    if (highWatermark == logStartOffset && !follow) {
      throw new BenchException(partitionName + " holds no records to fetch");
    }
    answerLeft = frameSize - (in.position() - start);
    batchLeft = 0;
    answeredRecords = 0;
    answeredBytes = 0;
    inAnswer = true;
    return true;
  }

  private void skipRecords(ByteBuffer in) {
    while (recordsLeft > 0 && in.hasRemaining()) {
      if (batchLeft == 0 && !enterBatch(in)) {
        return;
      }
      int skipped = skip(in, batchLeft);
      batchLeft -= skipped;
      recordsLeft -= skipped;
      answerLeft -= skipped;
    }
  }

  /** Reads the head of the batch that begins here; false if it has not arrived yet. */
  private boolean enterBatch(ByteBuffer in) {
    if (recordsLeft < RecordBatch.HEADER_SIZE) {
      batchLeft = recordsLeft;
      return true;
    }
    if (in.remaining() < Math.min(recordsLeft, watcher.headBytes())) {
      return false;
    }
    int at = in.position();
    int size = RecordBatch.sizeInBytes(in, at);
    if (size < RecordBatch.HEADER_SIZE) {
      throw new BenchException(
          partitionName + " after offset " + nextOffset + ": a batch of " + size + " bytes");
    }
    boolean whole = size <= recordsLeft;
    if (whole) {
      nextOffset = RecordBatch.nextOffset(in, at);
      answeredRecords += RecordBatch.recordCount(in, at);
      answeredBytes += size;
      watcher.batch(in, at);
    }
    batchLeft = whole ? size : recordsLeft;
    return true;
  }

  private static int skip(ByteBuffer in, int bytes) {
    int skipped = Math.min(bytes, in.remaining());
    in.position(in.position() + skipped);
    return skipped;
  }

  private void check(short error) {
    if (error != ErrorCode.NONE.code()) {
      throw new BenchException(
          "the broker answers " + ErrorCode.forCode(error) + " to Fetch from " + partitionName);
    }
  }

  private void expectOne(ByteBuffer in) {
    int count = Frames.unsignedVarint(in) - 1;
    if (count != 1) {
      throw new BenchException(
          "the broker answers Fetch from " + partitionName + " with " + count + " entries, not 1");
    }
  }

  @Override
  public int answeredRecords() {
    return answeredRecords;
  }

  @Override
  public long answeredBytes() {
    return answeredBytes;
  }
}
