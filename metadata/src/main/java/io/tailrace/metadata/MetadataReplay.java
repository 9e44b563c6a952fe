package io.tailrace.metadata;

import io.tailrace.log.LogException;
import io.tailrace.log.LogSlice;
import io.tailrace.log.PartitionLog;
import io.tailrace.record.BatchFault;
import io.tailrace.record.BatchValidator;
import io.tailrace.record.InvalidRecordException;
import io.tailrace.record.RecordBatch;
import io.tailrace.record.RecordReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One reading of the metadata log, from its start to its end. Trusts no byte of it. */
final class MetadataReplay {
  private static final int READ_BYTES = 1 << 20;

  /** No batch is written larger, and none is compressed. */
  private static final long MAX_BATCH_BYTES = 256 << 20;

  private final PartitionLog log;
  private final Path folder;
  private final ClusterDelta delta;
  private long offset;

  MetadataReplay(PartitionLog log, Path folder, ClusterDelta delta) {
    this.log = log;
    this.folder = folder;
    this.delta = delta;
    this.offset = delta.nextOffset();
  }

  ClusterDelta run() throws MetadataException {
    if (log.logStartOffset() > offset) {
      throw damaged("the log starts at offset " + log.logStartOffset() + " only", null);
    }
    try {
      while (offset < log.logEndOffset()) {
        ByteBuffer batches = read();
        int at = 0;
        do {
          at = apply(batches, at);
        } while (at < batches.limit());
      }
    } catch (LogException | IOException e) {
      throw damaged(String.valueOf(e.getMessage()), e);
    }
    return delta;
  }

  private ByteBuffer read() throws LogException, IOException {
    LogSlice slice = log.read(offset, READ_BYTES, true, log.logEndOffset());
    try {
      ByteBuffer batches = ByteBuffer.allocate(slice.sizeInBytes());
      slice.readInto(batches);
      return batches.flip();
    } finally {
      slice.release();
    }
  }

  private int apply(ByteBuffer batches, int at) throws MetadataException {
    BatchFault fault = BatchValidator.validateStored(batches, at, batches.limit() - at);
    if (fault != BatchFault.NONE) {
      throw damaged(fault.message(), null);
    }
    if (RecordBatch.baseOffset(batches, at) != offset) {
      throw damaged("a batch of offset " + RecordBatch.baseOffset(batches, at) + " is there", null);
    }
    // What is left are control batches of KRaft: elections and the like.
    if (!RecordBatch.isControl(batches, at)) {
      applyRecords(batches, at);
    }
    offset = RecordBatch.nextOffset(batches, at);
    delta.skipTo(offset);
    return at + RecordBatch.sizeInBytes(batches, at);
  }

  private void applyRecords(ByteBuffer batches, int at) throws MetadataException {
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
    } catch (MetadataRecordException | InvalidRecordException e) {
      throw damaged(String.valueOf(e.getMessage()), e);
    }
  }

  private MetadataException damaged(String problem, @Nullable Exception e) {
    return new MetadataException(
        "the metadata in %s can't be read at offset %d: %s. Restore the folder from a backup, or start a version of Tailrace that can read it"
            .formatted(folder, offset, problem),
        e);
  }
}
