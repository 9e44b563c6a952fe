package io.tailrace.bench.floor;

import io.tailrace.bench.load.Frames;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.MemoryRecords;
import io.tailrace.protocol.message.FetchResponse;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The answer to a Fetch request of version 12 for one partition of one topic, encoded once up to
 * the records. The head ends with these fields, so that places are counted from its end; after the
 * records come three empty sets of tags, a zero each:
 *
 * <pre>
 *   index int32, error int16, high watermark int64, last stable offset int64,
 *   log start offset int64, no aborted transactions, read replica int32,
 *   size of the records + 1, as an unsigned varint that is always five bytes long
 * </pre>
 */
final class FetchAnswer {
  static final short VERSION = 12;
  private static final int END_ZEROS = 3;
  private static final int SIZE_BYTES = 5;
  private static final int INDEX_FROM_END = 35 + SIZE_BYTES;
  private static final int HIGH_WATERMARK_FROM_END = 29 + SIZE_BYTES;
  private static final int LAST_STABLE_FROM_END = 21 + SIZE_BYTES;

  private final ByteBuffer head;

  FetchAnswer(String topic) {
    var partition =
        new FetchResponse.PartitionData().logStartOffset(0).records(MemoryRecords.EMPTY);
    var entry = new FetchResponse.FetchableTopicResponse().topic(topic);
    FetchResponse body =
        new FetchResponse().responses(List.of(entry.partitions(List.of(partition))));
    ByteBuffer empty = Frames.response(ApiKey.FETCH, VERSION, 0, body);
    int headBytes = empty.limit() - END_ZEROS - 1;
    this.head = ByteBuffer.allocateDirect(headBytes + SIZE_BYTES);
    head.put(0, empty, 0, headBytes);
  }

  void addTo(
      FloorOutput output,
      int correlationId,
      int index,
      FloorPartition partition,
      long offset,
      int maxBytes) {
    long records = partition.bytesFrom(offset, maxBytes);
    int at = output.add(head);
    int end = at + head.limit();
    int following = head.limit() - Frames.SIZE_BYTES + (int) records + END_ZEROS;
    ByteBuffer out =
        output
            .bytes()
            .putInt(at, following)
            .putInt(at + Frames.SIZE_BYTES, correlationId)
            .putInt(end - INDEX_FROM_END, index)
            .putLong(end - HIGH_WATERMARK_FROM_END, partition.endOffset())
            .putLong(end - LAST_STABLE_FROM_END, partition.endOffset());
    putVarint(out, end - SIZE_BYTES, (int) records + 1);
    output.add(partition.file(), partition.position(offset), records, END_ZEROS);
  }

  private static void putVarint(ByteBuffer out, int at, int value) {
    for (int i = 0; i < SIZE_BYTES; i++) {
      int more = i < SIZE_BYTES - 1 ? 0x80 : 0;
      out.put(at + i, (byte) ((value >>> (7 * i)) & 0x7f | more));
    }
  }
}
