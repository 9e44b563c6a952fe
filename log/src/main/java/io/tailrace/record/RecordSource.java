package io.tailrace.record;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** Gives the records of a batch one by one, each as the bytes that follow its length. */
sealed interface RecordSource extends AutoCloseable {
  /**
   * The next record, from position to limit. The buffer object may be the same each time.
   *
   * @throws InvalidRecordException if the records end before, or the record's length is wrong
   */
  ByteBuffer next();

  /** Whether all bytes have been consumed. */
  boolean isExhausted();

  @Override
  void close();

  /** Records that lie uncompressed in the batch. */
  final class Plain implements RecordSource {
    private final ByteBuffer records;
    private final int end;
    private int next;

    /** Takes over {@code records}: position to limit. */
    Plain(ByteBuffer records) {
      this.records = records;
      next = records.position();
      end = records.limit();
    }

    @Override
    public ByteBuffer next() {
      records.limit(end).position(next);
      int size = VarInt.readInt(records);
      if (size < 0 || size > records.remaining()) {
        throw new InvalidRecordException(
            BatchFault.BAD_RECORD,
            "a record of " + size + " bytes with " + records.remaining() + " remaining");
      }
      next = records.position() + size;
      return records.limit(next);
    }

    @Override
    public boolean isExhausted() {
      return next == end;
    }

    @Override
    public void close() {}
  }

  /** Records that are decompressed as they are read, each into an array of its own. */
  final class Compressed implements RecordSource {
    private final InputStream in;
    private long allowed;

    Compressed(InputStream in, long maxBytes) {
      this.in = in;
      allowed = maxBytes;
    }

    @Override
    public ByteBuffer next() {
      try {
        int size = VarInt.readInt(in);
        allowed -= VarInt.sizeOf(size);
        if (size < 0) {
          throw new InvalidRecordException(BatchFault.BAD_RECORD, "a record of " + size + " bytes");
        }
        if (size > allowed) {
          throw new InvalidRecordException(
              BatchFault.TOO_LARGE, "a record of " + size + " bytes with " + allowed + " allowed");
        }
        allowed -= size;
        byte[] bytes = in.readNBytes(size); // allocates as data arrives, not as declared
        if (bytes.length < size) {
          throw new InvalidRecordException(BatchFault.BAD_RECORD, "the last record is cut off");
        }
        return ByteBuffer.wrap(bytes);
      } catch (IOException e) {
        throw new InvalidRecordException(BatchFault.BAD_RECORD, e);
      }
    }

    @Override
    public boolean isExhausted() {
      try {
        return in.read() < 0;
      } catch (IOException e) {
        throw new InvalidRecordException(BatchFault.BAD_RECORD, e);
      }
    }

    @Override
    public void close() {
      try {
        in.close();
      } catch (IOException e) {
        throw new InvalidRecordException(BatchFault.BAD_RECORD, e);
      }
    }
  }
}
