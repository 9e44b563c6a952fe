package io.tailrace.log;

import io.tailrace.record.RecordBatch;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code <offset>.snapshot}: the producers of all batches below the offset. Big-endian, as
 * Kafka writes it:
 *
 * <pre>
 *   0  version  int16   1
 *   2  crc      uint32  CRC-32C of everything that follows
 *   6  count    int32
 *  10  entries, 46 bytes each:
 *        producerId int64, epoch int16, lastSequence int32, lastOffset int64, offsetDelta int32,
 *        timestamp int64, coordinatorEpoch int32, currentTxnFirstOffset int64
 *      per entry, oldest first: batches before the last one
 *        count int8, each: lastSequence int32, lastOffset int64, offsetDelta int32, timestamp int64
 * </pre>
 *
 * The last part is ours: Kafka keeps only a producer's last batch over a restart, so a retry of an
 * earlier one fails there. Its reader ignores what follows the entries, and its own files just end.
 */
final class ProducerSnapshot {
  private static final short VERSION = 1;
  private static final int CRC_AT = 2;
  private static final int COUNT_AT = 6;
  private static final int ENTRIES_AT = 10;
  private static final int ENTRY_SIZE = 46;
  private static final int OLDER_SIZE = 24;
  private static final int NO_COORDINATOR_EPOCH = -1;
  private static final long NO_TRANSACTION = -1;

  private ProducerSnapshot() {}

  /** The content of the file. */
  static byte[] encode(List<ProducerState> states) {
    int olderSize = (ProducerState.BATCHES - 1) * OLDER_SIZE;
    ByteBuffer file =
        ByteBuffer.allocate(ENTRIES_AT + states.size() * (ENTRY_SIZE + 1 + olderSize));
    file.putShort(VERSION).putInt(0).putInt(states.size());
    for (ProducerState state : states) {
      putLast(file, state);
    }
    for (ProducerState state : states) {
      file.put((byte) Math.max(0, state.count - 1));
      for (int i = 0; i < state.count - 1; i++) {
        putBatch(file, state, i);
      }
    }
    byte[] content = new byte[file.flip().remaining()];
    file.get(content);
    ByteBuffer.wrap(content).putInt(CRC_AT, crc(content));
    return content;
  }

  private static void putLast(ByteBuffer file, ProducerState state) {
    file.putLong(state.producerId).putShort(state.epoch);
    if (state.count > 0) {
      putBatch(file, state, state.count - 1);
      // Kafka has one timestamp here: that of the producer's last batch of any kind.
      file.putLong(file.position() - Long.BYTES, state.lastTimestamp);
    } else {
      file.putInt(RecordBatch.NO_SEQUENCE).putLong(-1).putInt(0).putLong(state.lastTimestamp);
    }
    file.putInt(NO_COORDINATOR_EPOCH).putLong(NO_TRANSACTION);
  }

  private static void putBatch(ByteBuffer file, ProducerState state, int i) {
    file.putInt(state.lastSequence[i]).putLong(state.lastOffset[i]);
    file.putInt(state.offsetDelta[i]).putLong(state.timestamp[i]);
  }

  private static int crc(byte[] content) {
    CRC32C crc = new CRC32C();
    crc.update(content, COUNT_AT, content.length - COUNT_AT);
    return (int) crc.getValue();
  }

  /**
   * Reads a snapshot, ours or Kafka's.
   *
   * @return null if it is damaged
   */
  static @Nullable ProducerStates decode(byte[] content) {
    ByteBuffer file = ByteBuffer.wrap(content);
    boolean intact =
        content.length >= ENTRIES_AT
            && file.getShort() == VERSION
            && file.getInt() == crc(content)
            && file.getInt(COUNT_AT) >= 0
            && file.getInt(COUNT_AT) <= (content.length - ENTRIES_AT) / ENTRY_SIZE;
    try {
      return intact ? new ProducerStates(entries(file, file.getInt())) : null;
    } catch (BufferUnderflowException e) {
      return null;
    }
  }

  private static Map<Long, ProducerState> entries(ByteBuffer file, int count) {
    Map<Long, ProducerState> states = new HashMap<>();
    ByteBuffer older = file.duplicate().position(ENTRIES_AT + count * ENTRY_SIZE);
    for (int i = 0; i < count; i++) {
      ProducerState state = new ProducerState(file.getLong());
      state.epoch = file.getShort();
      for (int n = older.hasRemaining() ? older.get() : 0; n > 0; n--) {
        state.add(older.getInt(), older.getLong(), older.getInt(), older.getLong());
      }
      int sequence = file.getInt();
      long offset = file.getLong();
      int delta = file.getInt();
      long timestamp = file.getLong();
      if (offset >= 0) {
        state.add(sequence, offset, delta, timestamp);
      }
      state.lastTimestamp = timestamp;
      file.getInt();
      file.getLong();
      states.put(state.producerId, state);
    }
    return states;
  }
}
