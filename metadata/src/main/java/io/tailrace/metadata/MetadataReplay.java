package io.tailrace.metadata;

import io.tailrace.record.BatchFault;
import io.tailrace.record.BatchValidator;
import io.tailrace.record.InvalidRecordException;
import io.tailrace.record.RecordBatch;
import io.tailrace.record.RecordReader;
import java.nio.ByteBuffer;

/** Applies the metadata log's batches, from its start on, to an image. Trusts no byte of them. */
final class MetadataReplay {
  /** No batch is written larger, and none is compressed. */
  private static final long MAX_BATCH_BYTES = 256 << 20;

  private final ClusterDelta delta;
  private long offset;

  MetadataReplay(ClusterImage empty) {
    this.delta = empty.change();
    this.offset = delta.nextOffset();
  }

  /** Of what comes next; after a failure, of what it was about. */
  long offset() {
    return offset;
  }

  ClusterDelta delta() {
    return delta;
  }

  /**
   * Applies the batch at an index.
   *
   * @return the index behind it
   * @throws MetadataRecordException if it can't be read or applied
   */
  int apply(ByteBuffer batches, int at) {
    BatchFault fault = BatchValidator.validateStored(batches, at, batches.limit() - at);
    if (fault != BatchFault.NONE) {
      throw new MetadataRecordException(fault.message());
    }
    if (RecordBatch.baseOffset(batches, at) != offset) {
      throw new MetadataRecordException(
          "a batch of offset " + RecordBatch.baseOffset(batches, at) + " is there");
    }
    // What is left are control batches of KRaft: elections and the like.
    if (!RecordBatch.isControl(batches, at)) {
      applyRecords(batches, at);
    }
    offset = RecordBatch.nextOffset(batches, at);
    delta.skipTo(offset);
    return at + RecordBatch.sizeInBytes(batches, at);
  }

  private void applyRecords(ByteBuffer batches, int at) {
    try (RecordReader records = RecordReader.open(batches, at, MAX_BATCH_BYTES)) {
      while (records.next()) {
        offset = records.offset();
        ByteBuffer value = records.value();
        if (value == null) {
          throw new MetadataRecordException("the record is empty");
        }
        delta.skipTo(offset);
        delta.apply(MetadataRecordType.decode(value));
      }
    } catch (InvalidRecordException e) {
      throw new MetadataRecordException(String.valueOf(e.getMessage()));
    }
  }
}
