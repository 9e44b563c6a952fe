package io.tailrace.log;

import io.tailrace.env.DiskFile;
import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One file of a log, with the batches from {@link #baseOffset} on, and its indexes.
 *
 * <p>Changes come one at a time, under the log's locks; {@link #read} and {@link #index} from any
 * thread, without. What {@link #size} and {@link #nextOffset} cover is whole: a reader that stays
 * below them sees nothing of an append in progress.
 *
 * <p>After a crash of the process the file has all that was published, and perhaps a part of one
 * more append; after a power loss any part of what was not synced may be missing. Index files are
 * written when the segment is sealed and when the log is closed, so they may be absent or old.
 */
final class LogSegment {
  private static final Logger LOG = System.getLogger(LogSegment.class.getName());
  private static final long UNKNOWN = Long.MIN_VALUE;

  private final OpenFiles openFiles;
  private final Path directory;
  private final long baseOffset;
  private final LogFile file;
  private final SegmentLookup lookup = new SegmentLookup(this);
  private final SegmentPages pages = new SegmentPages(this);

  /** Relative next offset in the upper half, size in the lower: one write publishes both. */
  private volatile long end;

  /** −1 if the file may have to be synced even though nothing was written to it here. */
  private volatile int syncedSize;

  /** Under the append lock. */
  private boolean wasCutBack;

  /** The size of the file for which {@link #keepRoom} has kept room. */
  private volatile long roomUpTo;

  private volatile @Nullable SegmentIndex index;
  private volatile boolean indexSaved;

  /** How far into the segment the index files go, as far as is known. */
  private volatile int indexSavedUpTo;

  private long firstTimestamp = UNKNOWN;

  /** Kept when the index leaves the memory, so that retention need not bring it back. */
  private long maxTimestamp = UNKNOWN;

  private LogSegment(
      OpenFiles openFiles, Path directory, long baseOffset, String suffix, boolean isNew) {
    this.openFiles = openFiles;
    this.directory = directory;
    this.baseOffset = baseOffset;
    Path path = LogFiles.file(directory, baseOffset, LogFiles.LOG + suffix);
    this.file = new LogFile(openFiles, path, isNew);
  }

  /** A segment without batches; its file is made by the first write. */
  static LogSegment create(OpenFiles openFiles, Path directory, long baseOffset) {
    LogSegment segment = new LogSegment(openFiles, directory, baseOffset, "", true);
    segment.index = SegmentIndex.empty(baseOffset);
    segment.pages.writtenFrom(0);
    return segment;
  }

  /**
   * A segment without batches that has its file already: new, empty and open.
   *
   * @param reserved bytes of room that the file has
   */
  static LogSegment create(
      OpenFiles openFiles, Path directory, long baseOffset, DiskFile opened, long reserved) {
    LogSegment segment = create(openFiles, directory, baseOffset);
    segment.file.adopt(opened, reserved);
    return segment;
  }

  /** A segment with a file of {@code size} bytes, taken to be whole and synced. */
  static LogSegment existing(
      OpenFiles openFiles, Path directory, long baseOffset, int size, long nextOffset) {
    LogSegment segment = new LogSegment(openFiles, directory, baseOffset, "", false);
    segment.publish(nextOffset, size);
    segment.pages.writtenFrom(size);
    segment.syncedSize = size;
    segment.indexSaved = true;
    segment.indexSavedUpTo = size;
    return segment;
  }

  /** A segment without batches that compaction makes beside the log: see {@link SegmentSwap}. */
  static LogSegment cleaned(OpenFiles openFiles, Path directory, long baseOffset) {
    LogSegment segment =
        new LogSegment(openFiles, directory, baseOffset, SegmentSwap.CLEANED, true);
    segment.index = SegmentIndex.empty(baseOffset);
    return segment;
  }

  long baseOffset() {
    return baseOffset;
  }

  Path path() {
    return file.path();
  }

  /** Relative next offset in the upper half, size in the lower; of one moment. */
  long end() {
    return end;
  }

  /** Length in bytes of the whole batches. */
  int size() {
    return (int) end;
  }

  /** The offset behind the last batch. */
  long nextOffset() {
    return nextOffset(end);
  }

  long nextOffset(long end) {
    return baseOffset + (end >>> Integer.SIZE);
  }

  private void publish(long nextOffset, int size) {
    end = (nextOffset - baseOffset) << Integer.SIZE | size;
  }

  DiskFile acquire() throws IOException {
    return file.acquire();
  }

  void release() {
    file.release();
  }

  /** One more {@link #release} will come; the caller has acquired the file. */
  void retain() {
    file.retain();
  }

  SegmentPages pages() {
    return pages;
  }

  /**
   * How far room on the disk was reserved when the file was made, in bytes from its start; 0 if not
   * at all, or no longer.
   */
  long reserved() {
    return file.reserved();
  }

  /** Keeps room for so many more bytes, as far as the disk has it; until the file is deleted. */
  void keepRoom(int bytes) throws IOException {
    long size = size();
    if (size + bytes / 2 <= roomUpTo) {
      return;
    }
    DiskFile target = file.acquire();
    try {
      target.preallocate(size + bytes);
      roomUpTo = size + bytes;
    } finally {
      file.release();
    }
  }

  /** Of a segment that is not appended to now: returns to the disk what is reserved behind it. */
  void giveBackRoom() throws IOException {
    file.giveBack(size());
  }

  /** Writes behind the last batch; nothing of it is visible until {@link #appended}. */
  void write(ByteBuffer[] batches, int count) throws IOException {
    DiskFile target = file.acquire();
    try {
      target.write(batches, count, size());
    } finally {
      file.release();
    }
  }

  /** Takes back a {@link #write} that failed half-way. */
  void cutBack() throws IOException {
    if (size() == 0 && !openFiles.disk.exists(path())) {
      return;
    }
    wasCutBack = true;
    roomUpTo = 0;
    DiskFile target = file.acquire();
    try {
      target.truncate(size());
    } finally {
      file.release();
    }
  }

  /**
   * Before another segment follows: recovery looks behind the end of the last one only, so what was
   * cut back must not come up again there after a power loss.
   */
  void syncCutBack() throws IOException {
    if (wasCutBack) {
      syncedSize = -1;
      sync();
      wasCutBack = false;
      // The flusher has to see to the file's name still.
      syncedSize = -1;
    }
  }

  /** Indexes and publishes the batches that {@link #write} has written to the active segment. */
  void appended(AppendBatch[] batches, int count, int indexIntervalBytes) {
    SegmentIndex target = loadedIndex();
    int position = size();
    long next = nextOffset();
    if (position == 0) {
      firstTimestamp = RecordBatch.maxTimestamp(batches[0].buffer(), batches[0].position());
    }
    lookup.rememberAppend(next, position);
    indexSaved = false;
    for (int i = 0; i < count; i++) {
      ByteBuffer buffer = batches[i].buffer();
      int at = batches[i].position();
      int bytes = batches[i].sizeInBytes();
      target.add(buffer, at, position, bytes, indexIntervalBytes);
      position += bytes;
      next = RecordBatch.nextOffset(buffer, at);
    }
    publish(next, position);
  }

  /** Writes, indexes and publishes whole batches of a segment that nobody else sees yet. */
  void append(ByteBuffer batches, int indexIntervalBytes) throws IOException {
    int position = size();
    int from = batches.position();
    int to = batches.limit();
    if ((long) position + to - from > Integer.MAX_VALUE) {
      throw new IOException(path() + " would have more bytes than a segment can have");
    }
    write(new ByteBuffer[] {batches}, 1);
    batches.position(from);
    long next = nextOffset();
    for (int at = from; at < to; at += RecordBatch.sizeInBytes(batches, at)) {
      int bytes = RecordBatch.sizeInBytes(batches, at);
      loadedIndex().add(batches, at, position + at - from, bytes, indexIntervalBytes);
      next = RecordBatch.nextOffset(batches, at);
    }
    publish(next, position + to - from);
  }

  /** Gives the file another ending, {@code .log} and what is given. */
  void rename(String suffix) throws IOException {
    file.rename(LogFiles.file(directory, baseOffset, LogFiles.LOG + suffix));
  }

  /**
   * Time in ms that a segment with batches counts its age from: the max timestamp of its first
   * batch, or if that has none, of the first time asked.
   */
  long firstTimestamp(long wallMs) throws IOException {
    if (firstTimestamp == UNKNOWN) {
      firstTimestamp = RecordBatch.maxTimestamp(headerAt(0), 0);
    }
    if (firstTimestamp == RecordBatch.NO_TIMESTAMP) {
      firstTimestamp = wallMs;
    }
    return firstTimestamp;
  }

  /** Largest timestamp of the records in ms; −1 if none has one. */
  long maxTimestamp(int indexIntervalBytes) throws IOException {
    return index == null && maxTimestamp != UNKNOWN
        ? maxTimestamp
        : index(indexIntervalBytes).times.maxTimestamp();
  }

  /** Wall-clock time in ms at which the file last changed: in effect, of the last append. */
  long lastModifiedMs() throws IOException {
    return openFiles.disk.lastModifiedMs(path());
  }

  private ByteBuffer headerAt(int position) throws IOException {
    DiskFile source = file.acquire();
    try {
      ByteBuffer header = ByteBuffer.allocate(RecordBatch.HEADER_SIZE);
      source.readFully(header, position);
      return header;
    } finally {
      file.release();
    }
  }

  /** Where the batch starts that holds {@code offset}, or the first one behind it; else the end. */
  int positionOf(long offset, int indexIntervalBytes) throws IOException {
    int size = size();
    return size == 0 ? 0 : lookup.find(offset, size, index(indexIntervalBytes), true);
  }

  /** The header of the batch that holds {@code offset}, or of the first one behind it, if any. */
  @Nullable ByteBuffer headerOf(long offset, int indexIntervalBytes) throws IOException {
    int size = size();
    if (size == 0) {
      return null;
    }
    int position = lookup.find(offset, size, index(indexIntervalBytes), true);
    return position < size ? headerAt(position) : null;
  }

  boolean isIndexFull(int segmentIndexBytes) {
    return loadedIndex().isFull(segmentIndexBytes);
  }

  /** Of the active segment, whose indexes are always in memory. */
  private SegmentIndex loadedIndex() {
    return Objects.requireNonNull(index);
  }

  /** Whether {@link #index} answers from memory. */
  boolean hasIndex() {
    return index != null;
  }

  /** The indexes; read from their files, or from the segment, if they are not in memory. */
  SegmentIndex index(int intervalBytes) throws IOException {
    SegmentIndex loaded = index;
    if (loaded == null) {
      loadIndex(intervalBytes);
      return loadedIndex();
    }
    return loaded;
  }

  /**
   * Takes the index files as far as they fit, and the rest from the segment.
   *
   * @return the offset behind the last batch
   * @throws BrokenSegmentException if the segment is not a sequence of batches up to its end
   */
  synchronized long loadIndex(int intervalBytes) throws IOException {
    SegmentIndex loaded = SegmentIndex.load(openFiles.disk, directory, baseOffset, size());
    long next = resume(loaded, intervalBytes);
    if (next < 0) {
      loaded = SegmentIndex.empty(baseOffset);
      next = resume(loaded, intervalBytes);
    }
    if (next < 0) {
      throw new BrokenSegmentException(
          path() + " is not a sequence of record batches up to its end at " + size());
    }
    index = loaded;
    return next;
  }

  private long resume(SegmentIndex target, int intervalBytes) throws IOException {
    if (size() == 0) {
      return target.isEmpty() ? baseOffset : -1;
    }
    DiskFile source = file.acquire();
    try {
      int from = target.resumePosition();
      int buffer = from == 0 ? BatchScanner.WALK_BUFFER : BatchScanner.LOOKUP_BUFFER;
      return target.resume(new BatchScanner(source, from, size(), buffer), size(), intervalBytes);
    } finally {
      file.release();
    }
  }

  /** Finds out where the last batch ends, of a segment made with an unknown next offset. */
  long loadEnd(int intervalBytes) throws IOException {
    long next = loadIndex(intervalBytes);
    publish(next, size());
    return next;
  }

  /**
   * Takes over what recovery found: the file's whole batches, and indexes for them.
   *
   * @param maybeCutBack whether the process before may have cut something back that no sync of what
   *     was found will cover
   */
  void recovered(SegmentRecovery.Found found, boolean maybeCutBack) throws IOException {
    int fileSize = size();
    int validSize = found.validSize();
    publish(found.nextOffset(), validSize);
    pages.writtenFrom(validSize);
    index = found.index();
    indexSaved = false;
    indexSavedUpTo = found.from().position();
    syncedSize = -1;
    wasCutBack = maybeCutBack;
    if (validSize < fileSize) {
      SegmentIndex.deleteFiles(openFiles.disk, directory, baseOffset);
      cutBack();
    }
  }

  /** Drops the indexes of an idle segment from memory if their files can bring them back. */
  synchronized void unloadIndexIfIdle() {
    SegmentIndex loaded = index;
    if (loaded != null && indexSaved && !file.isOpen()) {
      maxTimestamp = loaded.times.maxTimestamp();
      index = null;
    }
  }

  /** What the index files hold; empty if they can't be this segment's. */
  SegmentIndex savedIndex() {
    return SegmentIndex.load(openFiles.disk, directory, baseOffset, size());
  }

  /** Whether so many bytes more have been synced than {@link #saveIndexUpToNow} has covered. */
  boolean isIndexBehind(int bytes) {
    return index != null && syncedSize - indexSavedUpTo >= bytes;
  }

  /** The index of the active segment as it is now; under the append lock. */
  SegmentIndex.Encoded encodedIndex() {
    return loadedIndex().encode();
  }

  /** Writes the index files of a segment that is still appended to. */
  void saveIndexUpToNow(SegmentIndex.Encoded content, int size) throws IOException {
    indexSavedUpTo = 0;
    loadedIndex().save(openFiles.disk, directory, content, false);
    indexSavedUpTo = size;
  }

  /** Writes the index files if the segment has changed since. */
  void saveIndex(boolean sync) throws IOException {
    SegmentIndex current = index;
    if (!indexSaved && current != null) {
      current.save(openFiles.disk, directory, sync);
      indexSaved = true;
    }
  }

  /**
   * Makes the batches written up to now durable. A failure must never be followed by a retry.
   *
   * @return whether it was the first sync here: the file's name may not be durable yet
   */
  boolean sync() throws IOException {
    int covered = size();
    if (syncedSize == covered) {
      return false;
    }
    DiskFile target = file.acquire();
    try {
      target.sync();
    } catch (IOException e) {
      FailedSync.mark(openFiles.disk, directory);
      throw e;
    } finally {
      file.release();
    }
    boolean first = syncedSize <= 0;
    syncedSize = covered;
    return first;
  }

  /**
   * Cuts off the batch that holds {@code offset}, and all behind it. The indexes are made anew: a
   * sparse index can't tell what the largest timestamp was before.
   *
   * @return the offset behind the last batch left
   */
  long truncateTo(long offset, int indexIntervalBytes) throws IOException {
    int cut = lookup.find(offset, size(), index(indexIntervalBytes), true);
    if (cut == size()) {
      return nextOffset();
    }
    SegmentIndex.deleteFiles(openFiles.disk, directory, baseOffset);
    publish(cutFile(cut), cut);
    lookup.forget();
    pages.writtenFrom(cut);
    syncedSize = -1;
    indexSaved = false;
    SegmentIndex left = SegmentIndex.empty(baseOffset);
    resume(left, indexIntervalBytes);
    index = left;
    return nextOffset();
  }

  /** Returns the base offset of the first batch cut off. */
  private long cutFile(int position) throws IOException {
    DiskFile target = file.acquire();
    try {
      ByteBuffer header = ByteBuffer.allocate(RecordBatch.HEADER_SIZE);
      target.readFully(header, position);
      target.truncate(position);
      return RecordBatch.baseOffset(header, 0);
    } finally {
      file.release();
    }
  }

  /** See {@link SegmentLookup#read}. */
  @Nullable LogSlice read(
      long offset,
      int maxBytes,
      boolean atLeastOneBatch,
      long endOffset,
      int indexInterval,
      boolean mayWait)
      throws IOException {
    return lookup.read(offset, maxBytes, atLeastOneBatch, endOffset, indexInterval, mayWait);
  }

  /** Shows the batches, from the one that holds {@code offset} on, until one gives an answer. */
  <T> @Nullable T search(long offset, int indexIntervalBytes, BatchSearch<T> search)
      throws IOException {
    if (size() == 0) {
      return null;
    }
    int from = lookup.find(offset, size(), index(indexIntervalBytes), true);
    DiskFile source = file.acquire();
    try {
      // Most look at headers alone: a larger buffer would read all of the large batches.
      BatchScanner scanner = new BatchScanner(source, from, size(), BatchScanner.LOOKUP_BUFFER);
      T found = null;
      while (found == null && scanner.next()) {
        found = search.lookAt(scanner);
      }
      if (found == null && scanner.position() != size()) {
        throw new BrokenSegmentException(
            path() + " has no record batch at position " + scanner.position());
      }
      return found;
    } finally {
      file.release();
    }
  }

  /** Makes the file, if it has not been written to yet, so that its name is there. */
  void makeFile() throws IOException {
    file.acquire();
    file.release();
  }

  /**
   * Gives the files names that are no segment's, to be deleted later. Whoever reads the segment may
   * go on.
   *
   * @throws IOException if the segment is as it was
   */
  void deleteLater(DelayedDeletion deletions, long delayMs) throws IOException {
    deletions.rename(path(), delayMs);
    file.retire();
    for (String suffix : LogFiles.OF_SEGMENT) {
      try {
        deletions.rename(LogFiles.file(directory, baseOffset, suffix), delayMs);
      } catch (IOException e) {
        // Not the log's any more; the next load deletes what belongs to no segment.
        LOG.log(Level.DEBUG, "{0}{1} not renamed: {2}", path(), suffix, e.getMessage());
      }
    }
  }

  /** Deletes the files. Whoever reads the segment may go on. */
  void delete() throws IOException {
    file.retire();
    for (String suffix : LogFiles.OF_SEGMENT) {
      try {
        openFiles.disk.delete(LogFiles.file(directory, baseOffset, suffix));
      } catch (NoSuchFileException e) {
        // never written
      }
    }
  }

  void close() {
    file.retire();
  }
}
