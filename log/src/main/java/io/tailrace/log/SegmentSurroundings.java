package io.tailrace.log;

import java.nio.ByteBuffer;

/**
 * What is known of a segment before its bytes are looked at.
 *
 * @param nextBase where the next segment begins; {@link #NONE} if there is none
 * @param recoveryPoint what lies below had been synced
 * @param epoch of the batch before the segment; −1 if it is not known
 * @param nextEpoch of the batch behind the segment; −1 if it is not known
 * @param quarantine ranges that earlier recoveries have taken out
 * @param progress told of the bytes read
 * @param listener told of each batch that counts
 */
record SegmentSurroundings(
    long nextBase,
    long recoveryPoint,
    int epoch,
    int nextEpoch,
    Quarantine quarantine,
    ReadListener progress,
    BatchListener listener) {
  static final long NONE = -1;

  /** Told of bytes that have been read. */
  interface ReadListener {
    void read(int bytes);
  }

  /** Told of a batch, whose header is at index {@code at} of a buffer. */
  interface BatchListener {
    BatchListener NONE = (_, _, _) -> {};

    void batch(ByteBuffer buffer, int at, int position);
  }

  SegmentSurroundings with(Quarantine now) {
    return new SegmentSurroundings(
        nextBase, recoveryPoint, epoch, nextEpoch, now, progress, listener);
  }

  boolean isLast() {
    return nextBase == NONE;
  }
}
