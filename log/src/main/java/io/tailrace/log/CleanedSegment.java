package io.tailrace.log;

import io.tailrace.env.DiskFile;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;

/**
 * Writes the segment that a group of others is cleaned into, no faster than allowed, with the disk
 * kept working. For one thread. After a crash the file, which ends in {@code .cleaned}, is deleted.
 */
final class CleanedSegment implements BatchCleaner.Output {
  private static final Logger LOG = System.getLogger(CleanedSegment.class.getName());
  private static final int WRITEBACK_STEP = 8 << 20;

  private final LogState state;
  private final CleanerTools tools;
  private final LogSegment segment;
  private final ByteBuffer buffer;
  private int writtenBack;

  CleanedSegment(LogState state, long baseOffset, CleanerTools tools) {
    this.state = state;
    this.tools = tools;
    this.segment = LogSegment.cleaned(state.context.openFiles(), state.directory, baseOffset);
    this.buffer = ByteBuffer.allocate(tools.bufferBytes());
  }

  @Override
  public void write(ByteBuffer from, int at, int sizeInBytes)
      throws IOException, CleaningAbortedException {
    if (buffer.remaining() < sizeInBytes) {
      append(buffer.flip());
      buffer.clear();
    }
    if (buffer.capacity() < sizeInBytes) {
      append(from.slice(at, sizeInBytes));
    } else {
      buffer.put(buffer.position(), from, at, sizeInBytes);
      buffer.position(buffer.position() + sizeInBytes);
    }
  }

  private void append(ByteBuffer batches) throws IOException, CleaningAbortedException {
    if (!batches.hasRemaining()) {
      return;
    }
    tools.pace().spend(batches.remaining());
    segment.append(batches, state.config.indexIntervalBytes());
    if (segment.size() - writtenBack >= WRITEBACK_STEP) {
      DiskFile file = segment.acquire();
      try {
        file.startWriteback(writtenBack, segment.size() - writtenBack);
      } finally {
        segment.release();
      }
      writtenBack = segment.size();
    }
  }

  /**
   * The segment, synced.
   *
   * @param drops what was read for it was not in the page cache, so this need not be, either
   */
  LogSegment finish(boolean drops) throws IOException, CleaningAbortedException {
    append(buffer.flip());
    DiskFile file = segment.acquire();
    try {
      segment.sync();
      if (drops) {
        file.dropFromCache(0, segment.size());
      }
    } finally {
      segment.release();
    }
    return segment;
  }

  /** It came to nothing: takes the file away. */
  void discard() {
    segment.close();
    for (String suffix : new String[] {SegmentSwap.CLEANED, SegmentSwap.SWAP}) {
      try {
        SegmentSwap.deleteIfThere(
            state.context.disk(),
            LogFiles.file(state.directory, segment.baseOffset(), LogFiles.LOG + suffix));
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "{0} not deleted: {1}", segment.path(), e.getMessage());
      }
    }
  }
}
