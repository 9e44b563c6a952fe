package io.tailrace.log;

import io.tailrace.env.DiskFile;
import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Steps through the batches of one segment for the cleaner: whole, their checksums right, no faster
 * than allowed, and leaving the page cache as it was: what has to be read from the disk for it is
 * dropped behind it. For one thread; closed once.
 */
final class CleanerScan implements AutoCloseable {
  /** A batch that is larger, and larger than {@code max.message.bytes}, is not read. */
  private static final int MAX_BATCH_BYTES = 256 << 20;

  private static final int AHEAD = WarmedPages.AHEAD;

  private final LogState state;
  private final LogSegment segment;
  private final CleanerTools tools;
  private final DiskFile file;
  private final BatchScanner scanner;
  private final WarmedPages pages = new WarmedPages();
  private final int size;
  private int warmedTo;
  private long coldBytes;

  /**
   * @param from where a batch starts
   */
  CleanerScan(LogState state, LogSegment segment, int from, CleanerTools tools) throws IOException {
    this.state = state;
    this.segment = segment;
    this.tools = tools;
    this.size = segment.size();
    this.warmedTo = from;
    this.file = segment.acquire();
    this.scanner = new BatchScanner(file, from, size, tools.bufferBytes());
  }

  /** Goes to the next batch; false at the segment's end. */
  boolean next() throws IOException, CleaningException, CleaningAbortedException {
    goOn(scanner.position() + scanner.sizeInBytes() + RecordBatch.HEADER_SIZE);
    if (!scanner.next()) {
      if (scanner.position() == size) {
        return false;
      }
      throw damaged("there is no record batch, or it is cut off", null);
    }
    int bytes = scanner.sizeInBytes();
    if (bytes > Math.max(MAX_BATCH_BYTES, state.config.maxMessageBytes())) {
      throw damaged("a batch of " + bytes + " bytes is more than is held in memory", null);
    }
    goOn(scanner.position() + bytes);
    scanner.loadBatch();
    long crc = RecordBatch.computedCrc(buffer(), at(), bytes);
    if (crc != RecordBatch.storedCrc(buffer(), at())) {
      throw damaged("the checksum does not match the batch", null);
    }
    return true;
  }

  /** What to throw if the current batch, or what should be one, is none. */
  CleaningException damaged(String reason, @Nullable Throwable cause) {
    String offset =
        scanner.sizeInBytes() == 0
            ? ""
            : " (offset " + RecordBatch.baseOffset(buffer(), at()) + ")";
    return new CleaningException(
        state.name,
        ("%s at position %d%s: %s. Restore the segment from a replica or a backup, or give up what"
                + " lies before it: kafka-delete-records with an offset behind it")
            .formatted(segment.path(), scanner.position(), offset, reason),
        cause);
  }

  /** Reads ahead up to a position, and drops what lies behind. */
  private void goOn(int position) throws IOException, CleaningAbortedException {
    while (warmedTo < Math.min(position, size)) {
      int to = (int) Math.min((long) warmedTo + AHEAD, size);
      tools.pace().spend(to - warmedTo);
      if (!file.isCached(warmedTo, to - warmedTo)) {
        coldBytes += to - warmedTo;
        pages.warm(file, warmedTo, to, size);
      }
      warmedTo = to;
      pages.dropBelow(file, scanner.position());
    }
  }

  /** Holds the current batch at {@link #at}. */
  ByteBuffer buffer() {
    return scanner.buffer();
  }

  int at() {
    return scanner.at();
  }

  int position() {
    return scanner.position();
  }

  int sizeInBytes() {
    return scanner.sizeInBytes();
  }

  /** Bytes that were not in the page cache. */
  long coldBytes() {
    return coldBytes;
  }

  @Override
  public void close() {
    pages.dropBelow(file, size);
    segment.release();
  }
}
