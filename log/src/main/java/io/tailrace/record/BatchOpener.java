package io.tailrace.record;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Opens one batch after the other, each as often as needed, with one buffer for what compressed
 * ones decompress to. For one thread: a reader is good until the next batch is opened.
 */
public final class BatchOpener {
  private static final int LEAST_SCRATCH = 64 << 10;

  /** What is kept for the next batch. */
  private static final int MOST_KEPT = 4 << 20;

  private final BatchCodecs codecs;
  private final int maxBytes;
  private byte[] scratch = new byte[0];
  private ByteBuffer batch = ByteBuffer.allocate(0);
  private int at;
  private ByteBuffer records = batch;

  /**
   * @param codecs of this thread
   * @param maxBytes how many bytes a compressed batch may decompress to
   */
  public BatchOpener(BatchCodecs codecs, int maxBytes) {
    this.codecs = codecs;
    this.maxBytes = maxBytes;
  }

  /**
   * Opens the batch at {@code at}, which must have passed {@link BatchValidator}; its bytes must
   * stay while it is read.
   *
   * @throws InvalidRecordException if the codec is unknown, its data is malformed or too large
   */
  public RecordReader open(ByteBuffer buffer, int at) {
    this.batch = buffer;
    this.at = at;
    int end = at + RecordBatch.sizeInBytes(buffer, at);
    ByteBuffer stored = buffer.duplicate().limit(end).position(at + RecordBatch.RECORDS);
    CompressionCodec codec = CompressionCodec.forId(RecordBatch.codecId(buffer, at));
    if (codec == null) {
      throw new InvalidRecordException(
          BatchFault.BAD_CODEC, "id " + RecordBatch.codecId(buffer, at));
    }
    boolean compressed = codec != CompressionCodec.NONE && stored.hasRemaining();
    records = compressed ? decompress(codec, stored) : stored;
    return reopen();
  }

  /** The batch opened last, from its first record on. */
  public RecordReader reopen() {
    return new RecordReader(new RecordSource.Plain(records.duplicate()), batch, at);
  }

  private ByteBuffer decompress(CompressionCodec codec, ByteBuffer stored) {
    if (scratch.length > MOST_KEPT) {
      scratch = new byte[0];
    }
    int size = 0;
    try (InputStream in = codecs.decompress(codec, stored)) {
      for (int n = 0; n >= 0; n = in.read(scratch, size, scratch.length - size)) {
        size += n;
        if (size == scratch.length) {
          grow();
        }
      }
    } catch (IOException e) {
      throw new InvalidRecordException(BatchFault.BAD_RECORD, e);
    }
    return ByteBuffer.wrap(scratch, 0, size);
  }

  private void grow() {
    if (scratch.length >= maxBytes) {
      throw new InvalidRecordException(
          BatchFault.TOO_LARGE, "the batch decompresses to more than " + maxBytes + " bytes");
    }
    long wanted = Math.max(LEAST_SCRATCH, 2L * scratch.length);
    scratch = Arrays.copyOf(scratch, (int) Math.min(wanted, maxBytes));
  }
}
