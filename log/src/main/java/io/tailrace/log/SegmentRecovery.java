package io.tailrace.log;

import io.tailrace.env.DiskFile;
import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a segment, checks every batch (length, magic byte, CRC, order of offsets and epochs) and
 * indexes the good ones. Says what is damaged and where the whole batches end; changes nothing on
 * disk.
 *
 * <p>Base offset and leader epoch lie outside the CRC, so a batch is believed only if it fits its
 * neighbours. Offsets that go on without a gap need no further witness. Behind a gap (compaction
 * leaves some) a batch is believed if it lies before what follows; or, as the last one of the log,
 * before the recovery point. A batch of which only the epoch is wrong is served, its epoch mended.
 */
final class SegmentRecovery {
  private static final int REPORTED_BYTES = 1 << 20;

  private final LogSegment segment;
  private final DiskFile file;
  private final int size;
  private final int indexInterval;
  private final SegmentSurroundings around;
  private final From from;
  private final SegmentIndex index;
  private final List<Damage> damages = new ArrayList<>();
  private final List<WrongEpoch> wrongEpochs = new ArrayList<>();
  private long nextOffset;
  private int validSize;
  private int epoch;
  private int unreported;

  private SegmentRecovery(
      LogSegment segment,
      DiskFile file,
      int indexInterval,
      SegmentSurroundings around,
      From from,
      SegmentIndex index) {
    this.segment = segment;
    this.file = file;
    this.size = segment.size();
    this.indexInterval = indexInterval;
    this.around = around;
    this.from = from;
    this.index = index;
    this.nextOffset = from.offset();
    this.validSize = from.position();
    this.epoch = from.epoch();
  }

  /**
   * Where to begin.
   *
   * @param position of a batch
   * @param offset of its first record
   * @param epoch of the batch before; −1 if it is not known
   */
  record From(int position, long offset, int epoch) {
    static From start(LogSegment segment, SegmentSurroundings around) {
      return new From(0, segment.baseOffset(), around.epoch());
    }
  }

  /** A batch whose epoch was changed by somebody else, and what it must have been. */
  record WrongEpoch(int position, int found, int expected) {}

  /**
   * What was found: whole batches up to {@code validSize}, save for the damages, and behind them
   * {@code tail}.
   *
   * @param from what lies before has not been looked at
   * @param epoch of the last batch; −1 if it is not known
   */
  record Found(
      From from,
      Tail tail,
      int validSize,
      long nextOffset,
      int epoch,
      SegmentIndex index,
      List<Damage> damages,
      List<WrongEpoch> wrongEpochs) {}

  static Found scan(LogSegment segment, int indexInterval, SegmentSurroundings around)
      throws IOException {
    if (segment.size() == 0) {
      return new Found(
          From.start(segment, around),
          Tail.WHOLE,
          0,
          segment.baseOffset(),
          around.epoch(),
          SegmentIndex.empty(segment.baseOffset()),
          List.of(),
          List.of());
    }
    DiskFile file = segment.acquire();
    try {
      SegmentIndex index = SegmentIndex.empty(segment.baseOffset());
      From start = From.start(segment, around);
      return new SegmentRecovery(segment, file, indexInterval, around, start, index).scan();
    } finally {
      segment.release();
    }
  }

  /**
   * Looks only at what lies behind the recovery point, and at the few batches before it that lead
   * there from the last one that the index files know of.
   *
   * @return null if they know of none, or if anything is not as it should be: then {@link #scan}
   *     has to tell what it is
   */
  static @Nullable Found resume(LogSegment segment, int indexInterval, SegmentSurroundings around)
      throws IOException {
    if (around.recoveryPoint() <= segment.baseOffset()) {
      return null;
    }
    SegmentIndex index = segment.savedIndex();
    index.cutFrom(around.recoveryPoint());
    int position = index.resumePosition();
    if (position == 0) {
      return null;
    }
    DiskFile file = segment.acquire();
    try {
      StoredBatch known = StoredBatch.at(file, position, segment.size());
      if (known == null || known.nextOffset() != index.resumeOffset()) {
        return null;
      }
      From from = new From(position, known.baseOffset(), known.epoch());
      Found found = new SegmentRecovery(segment, file, indexInterval, around, from, index).scan();
      boolean inOrder =
          found.tail() == Tail.WHOLE && found.damages().isEmpty() && found.wrongEpochs().isEmpty();
      return inOrder ? found : null;
    } finally {
      segment.release();
    }
  }

  /** The leader epoch of the first batch; −1 if there is none. */
  static int firstEpoch(LogSegment segment) throws IOException {
    if (segment.size() == 0) {
      return LeaderEpochCache.NO_EPOCH;
    }
    DiskFile file = segment.acquire();
    try {
      StoredBatch first = StoredBatch.at(file, 0, segment.size());
      return first == null ? LeaderEpochCache.NO_EPOCH : first.epoch();
    } finally {
      segment.release();
    }
  }

  private Found scan() throws IOException {
    Tail tail = null;
    int position = from.position();
    while (tail == null) {
      position = takeOrderly(position);
      if (position == size) {
        tail = Tail.WHOLE;
      } else {
        StoredBatch odd = StoredBatch.at(file, position, size);
        if (odd != null && fits(odd)) {
          accept(odd);
          position = odd.end();
        } else {
          tail = lookBehind(position, odd);
          position = damages.isEmpty() ? position : damages.getLast().end();
        }
      }
    }
    report();
    return new Found(from, tail, validSize, nextOffset, epoch, index, damages, wrongEpochs);
  }

  /**
   * Takes batches as long as there is nothing odd about them; returns where that is over. One
   * behind a gap waits until the next one is seen to lie behind it.
   */
  private int takeOrderly(int from) throws IOException {
    BatchScanner scanner = new BatchScanner(file, from, size, BatchScanner.WALK_BUFFER);
    StoredBatch waiting = null;
    int position = from;
    while (scanner.next()) {
      scanner.loadBatch();
      ByteBuffer buffer = scanner.buffer();
      int at = scanner.at();
      int bytes = scanner.sizeInBytes();
      long base = RecordBatch.baseOffset(buffer, at);
      boolean orderly =
          base >= (waiting == null ? nextOffset : waiting.nextOffset())
              && RecordBatch.partitionLeaderEpoch(buffer, at) == epoch
              && isInSegment(base, RecordBatch.lastOffsetDelta(buffer, at))
              && RecordBatch.computedCrc(buffer, at, bytes) == RecordBatch.storedCrc(buffer, at);
      if (!orderly) {
        break;
      }
      if (waiting != null) {
        accept(waiting);
        waiting = null;
      }
      if (base == nextOffset) {
        accept(buffer, at, position, bytes);
      } else {
        waiting = StoredBatch.copyOf(buffer, at, position, bytes);
      }
      position += bytes;
    }
    return waiting == null ? position : waiting.position();
  }

  private void accept(StoredBatch batch) {
    accept(batch.header(), 0, batch.position(), batch.sizeInBytes());
  }

  private boolean isInSegment(long base, int delta) {
    long relativeLast = base + delta - segment.baseOffset();
    return delta >= 0 && relativeLast >= 0 && relativeLast <= Integer.MAX_VALUE;
  }

  private void accept(ByteBuffer buffer, int at, int position, int bytes) {
    endDamage(RecordBatch.baseOffset(buffer, at));
    index.add(buffer, at, position, bytes, indexInterval);
    around.listener().batch(buffer, at, position);
    nextOffset = RecordBatch.nextOffset(buffer, at);
    validSize = position + bytes;
    unreported += bytes;
    if (unreported >= REPORTED_BYTES) {
      report();
    }
  }

  private void report() {
    around.progress().read(unreported);
    unreported = 0;
  }

  // ---- whether a batch is where it belongs

  private boolean fits(StoredBatch batch) throws IOException {
    long base = batch.baseOffset();
    boolean fits =
        base >= nextOffset
            && isInSegment(base, (int) (batch.offsets() - 1))
            && (base == nextOffset || isWitnessed(batch));
    if (fits && batch.epoch() != epoch) {
      judgeEpoch(batch);
    }
    return fits;
  }

  /** Whether the batch could be here, if it were not for the one behind it. */
  private boolean isPossible(StoredBatch batch) {
    return batch.baseOffset() > nextOffset
        && isInSegment(batch.baseOffset(), (int) (batch.offsets() - 1))
        && (around.isLast() || batch.nextOffset() <= around.nextBase());
  }

  private boolean isBehindDamage(StoredBatch batch) {
    return !damages.isEmpty() && damages.getLast().end() == batch.position();
  }

  /** Of a batch behind a gap of offsets. */
  private boolean isWitnessed(StoredBatch batch) throws IOException {
    StoredBatch next = nextBehind(batch);
    if (next != null) {
      return batch.nextOffset() <= next.baseOffset();
    }
    if (!around.isLast()) {
      return batch.nextOffset() <= around.nextBase();
    }
    return isBehindDamage(batch)
        || batch.nextOffset() <= around.recoveryPoint()
        || around.quarantine().covers(nextOffset, batch.baseOffset());
  }

  private @Nullable StoredBatch nextBehind(StoredBatch batch) throws IOException {
    return batch.end() == size ? null : nextFrom(batch.end(), batch.end(), nextOffset);
  }

  /**
   * Epochs never go down. Where one does, the batch before or this one is wrong, and the majority
   * of their neighbours tells which; who is not outvoted is believed.
   */
  private void judgeEpoch(StoredBatch batch) throws IOException {
    int found = batch.epoch();
    StoredBatch next = nextBehind(batch);
    int after = next == null ? around.nextEpoch() : next.epoch();
    int expected = found;
    if (found < epoch) {
      boolean outvoted = after == LeaderEpochCache.NO_EPOCH || after >= epoch;
      expected = outvoted ? epoch : found;
    } else if (after != LeaderEpochCache.NO_EPOCH && after < found) {
      StoredBatch second = next == null ? null : nextBehind(next);
      boolean outvoted = second == null ? after == epoch : second.epoch() < found;
      expected = outvoted ? Math.max(epoch, after) : found;
    }
    if (expected != found) {
      wrongEpochs.add(new WrongEpoch(batch.position(), found, expected));
    }
    epoch = expected;
  }

  // ---- what is not

  /**
   * Of bytes that are no batch, or not one that belongs here.
   *
   * @param batch what is there, if its checksum is right
   * @return what that makes of the segment's end; null if the segment goes on behind the damage
   */
  private @Nullable Tail lookBehind(int position, @Nullable StoredBatch batch) throws IOException {
    boolean synced = nextOffset < around.recoveryPoint();
    StoredBatch next =
        batch == null ? nextAfterDamage(position) : nextFrom(batch.end(), batch.end(), nextOffset);
    StoredBatch last =
        batch == null && next == null ? StoredBatch.upToEnd(file, position, size) : batch;
    boolean tornTail = around.isLast() && next == null && last == null;
    boolean lostPages =
        !synced
            && !tornTail
            && new LostPages(file, position, size, nextOffset).found(batch != null);
    if (lostPages) {
      return Tail.LOST_PAGES;
    }
    long leastTo = batch == null ? nextOffset : nextOffset + batch.offsets();
    if (next != null) {
      // If each denies the other, neither is to be believed.
      boolean either = batch != null && isPossible(batch) && next.baseOffset() != leastTo;
      addDamage(position, either ? next.end() : next.position(), leastTo);
      return null;
    }
    boolean torn = tornTail || (last == null && isCutShort(position));
    if (torn && !synced) {
      return Tail.TORN;
    }
    addDamage(position, size, last == null ? nextOffset : nextOffset + last.offsets());
    endDamage(around.isLast() ? endOfLog() : around.nextBase());
    return Tail.WHOLE;
  }

  /** Where the log ends that ends in damage: behind all that is known to have been there. */
  private long endOfLog() {
    Damage last = damages.getLast();
    long synced = around.recoveryPoint();
    return isInSegment(synced, 0) ? Math.max(last.to(), synced) : last.to();
  }

  private boolean isCutShort(int position) throws IOException {
    if (size - position < RecordBatch.HEADER_SIZE) {
      return true;
    }
    ByteBuffer header = ByteBuffer.allocate(RecordBatch.HEADER_SIZE);
    file.readFully(header, position);
    return RecordBatch.magic(header, 0) == RecordBatch.MAGIC_V2
        && RecordBatch.sizeInBytes(header, 0) > size - position;
  }

  private void addDamage(int position, int end, long leastTo) {
    Damage before = damages.isEmpty() ? null : damages.getLast();
    if (before != null && before.end() == position) {
      damages.removeLast();
      position = before.position();
      leastTo = Math.max(leastTo, before.to());
    }
    damages.add(new Damage(position, end, nextOffset, leastTo));
  }

  /** The damage just before is followed by this offset. */
  private void endDamage(long offset) {
    Damage last = damages.isEmpty() ? null : damages.getLast();
    if (last != null && last.from() == nextOffset) {
      damages.removeLast();
      damages.add(
          new Damage(last.position(), last.end(), nextOffset, Math.max(offset, nextOffset)));
    }
  }

  /** The next batch behind bytes that are none: where their header says, or anywhere. */
  private @Nullable StoredBatch nextAfterDamage(int position) throws IOException {
    if (size - position < RecordBatch.HEADER_SIZE) {
      return null;
    }
    ByteBuffer header = ByteBuffer.allocate(RecordBatch.HEADER_SIZE);
    file.readFully(header, position);
    int claimed = RecordBatch.sizeInBytes(header, 0);
    boolean possible = claimed >= RecordBatch.HEADER_SIZE && claimed < size - position;
    StoredBatch next =
        nextFrom(possible ? position + claimed : position + 1, position + 1, nextOffset);
    return possible && next != null && next.position() == position + claimed
        ? firstBefore(next, position + 1)
        : next;
  }

  /**
   * A length that is damaged may lead past whole batches, to one behind them. Gives the first from
   * which on all is whole, without a gap of offsets, up to that one. Batches that the damaged one
   * holds as its records don't end where the next one begins.
   */
  private StoredBatch firstBefore(StoredBatch next, int from) throws IOException {
    StoredBatch found = nextFrom(from, from, nextOffset);
    while (found != null && found.position() < next.position()) {
      if (leadsTo(found, next)) {
        return found;
      }
      found = nextFrom(found.position() + 1, found.position() + 1, nextOffset);
    }
    return next;
  }

  private boolean leadsTo(StoredBatch first, StoredBatch next) throws IOException {
    StoredBatch batch = first;
    while (batch.end() < next.position()) {
      StoredBatch follower = StoredBatch.at(file, batch.end(), size);
      if (follower == null || follower.baseOffset() != batch.nextOffset()) {
        return false;
      }
      batch = follower;
    }
    return batch.end() == next.position() && batch.nextOffset() == next.baseOffset();
  }

  /**
   * The first batch at or behind a position, at any byte.
   *
   * @param likely where it is looked for first: a damaged batch may hold whole ones as its records
   * @param leastOffset of what counts
   */
  private @Nullable StoredBatch nextFrom(int likely, int from, long leastOffset)
      throws IOException {
    StoredBatch there = StoredBatch.at(file, likely, size);
    if (there != null) {
      return there;
    }
    ByteBuffer window = ByteBuffer.allocate(BatchScanner.WALK_BUFFER);
    int position = from;
    while (size - position >= RecordBatch.HEADER_SIZE) {
      window.clear().limit(Math.min(window.capacity(), size - position));
      file.readFully(window, position);
      int starts = window.limit() - RecordBatch.HEADER_SIZE + 1;
      for (int at = 0; at < starts; at++) {
        if (looksLikeHeader(window, at, size - position - at, leastOffset)) {
          StoredBatch found = StoredBatch.at(file, position + at, size);
          if (found != null) {
            return found;
          }
        }
      }
      position += starts;
    }
    return null;
  }

  private boolean looksLikeHeader(ByteBuffer window, int at, int available, long leastOffset) {
    int claimed = RecordBatch.sizeInBytes(window, at);
    long base = RecordBatch.baseOffset(window, at);
    return RecordBatch.magic(window, at) == RecordBatch.MAGIC_V2
        && claimed >= RecordBatch.HEADER_SIZE
        && claimed <= available
        && base >= leastOffset
        && isInSegment(base, RecordBatch.lastOffsetDelta(window, at));
  }
}
