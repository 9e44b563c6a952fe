package io.tailrace.broker.group;

import io.tailrace.broker.partition.Partition;
import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorLog;
import io.tailrace.log.AppendBatch;
import io.tailrace.log.AppendOutcome;
import io.tailrace.log.DiskFullException;
import io.tailrace.log.LogException;
import io.tailrace.log.LogRecoveringException;
import io.tailrace.log.LogSlice;
import io.tailrace.log.PartitionLog;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.record.BatchFault;
import io.tailrace.record.BatchValidator;
import io.tailrace.record.EndTransactionMarker;
import io.tailrace.record.InvalidRecordException;
import io.tailrace.record.RecordBatch;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.record.RecordReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A partition of an internal topic as the log of a coordinator. Each append is one record batch, so
 * a crash leaves all of it or nothing. For one thread at a time.
 */
final class PartitionCoordinatorLog implements CoordinatorLog {
  private static final int READ_BYTES = 1 << 20;

  /** What a client's transaction writes is at most as large as a request. */
  private static final long MAX_BATCH_BYTES = 256 << 20;

  private final Partition partition;
  private final AppendBatch batch = new AppendBatch();
  private final AppendBatch[] batches = {batch};

  /** Where the log ended after the last append, and whether all before that is committed. */
  private long end;

  private boolean committed = true;

  PartitionCoordinatorLog(Partition partition) {
    this.partition = partition;
  }

  @Override
  public long append(List<Entry> entries, long wallMs) {
    RecordBatchBuilder builder = new RecordBatchBuilder();
    for (Entry entry : entries) {
      builder.append(wallMs, entry.key(), entry.value());
    }
    ByteBuffer bytes = builder.build();
    batch.set(bytes, 0, bytes.limit());
    try {
      committed = partition.append(batches, 1, wallMs);
    } catch (DiskFullException e) {
      throw new CoordinatorException(ErrorCode.COORDINATOR_NOT_AVAILABLE, e.getMessage());
    } catch (LogException e) {
      throw new CoordinatorException(ErrorCode.NOT_COORDINATOR, e.getMessage());
    }
    if (batch.outcome() != AppendOutcome.APPENDED) {
      throw new CoordinatorException(
          ErrorCode.UNKNOWN_SERVER_ERROR,
          "%d bytes of state were not taken by %s: %s"
              .formatted(bytes.limit(), partition, batch.outcome()));
    }
    end = batch.baseOffset() + entries.size();
    return batch.baseOffset();
  }

  /** Asked by every answer: once it is so, the log need not be looked at again. */
  @Override
  public boolean isCommitted() {
    if (!committed) {
      PartitionLog log = partition.logIfOpen();
      committed = log != null && log.highWatermark() >= end;
    }
    return committed;
  }

  @Override
  public void whenCommitted(CommitListener listener) {
    if (isCommitted()) {
      listener.committed(ErrorCode.NONE);
    } else {
      partition.whenDurable(failure ->
          listener.committed(failure == null ? ErrorCode.NONE : ErrorCode.NOT_COORDINATOR));
    }
  }

  @Override
  public void readAll(Visitor visitor) {
    try {
      PartitionLog log = partition.log();
      long offset = log.logStartOffset();
      end = log.logEndOffset();
      committed = false;
      while (offset < end) {
        offset = readSome(log, offset, visitor);
      }
    } catch (LogRecoveringException | DiskFullException e) {
      throw new CoordinatorException(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, e.getMessage());
    } catch (LogException | IOException e) {
      throw new CoordinatorException(ErrorCode.NOT_COORDINATOR, e.getMessage());
    }
  }

  /** Reads the next batches; the offset behind them. */
  private long readSome(PartitionLog log, long from, Visitor visitor)
      throws LogException, IOException {
    LogSlice slice = log.read(from, READ_BYTES, true, end);
    try {
      ByteBuffer bytes = ByteBuffer.allocate(slice.sizeInBytes());
      slice.readInto(bytes);
      bytes.flip();
      if (!bytes.hasRemaining()) {
        throw damaged(from, "no batch is found there, though the log goes on to offset " + end);
      }
      long offset = from;
      for (int at = 0; at < bytes.limit(); at += RecordBatch.sizeInBytes(bytes, at)) {
        check(bytes, at, offset, slice);
        visit(bytes, at, visitor);
        offset = RecordBatch.nextOffset(bytes, at);
      }
      return offset;
    } finally {
      slice.release();
    }
  }

  /** The checksum does not cover where a batch says that it lies. */
  private void check(ByteBuffer bytes, int at, long expected, LogSlice slice) {
    BatchFault fault = BatchValidator.validateStored(bytes, at, bytes.limit() - at);
    String problem = fault == BatchFault.NONE ? null : fault.message();
    if (problem == null
        && (RecordBatch.lastOffset(bytes, at) < expected
            || RecordBatch.lastOffset(bytes, at) >= end)) {
      problem =
          "it says that it ends at offset %d, and the log at %d"
              .formatted(RecordBatch.lastOffset(bytes, at), end);
    }
    if (problem != null) {
      throw damaged(expected, "the batch in " + slice.place(at) + " is not valid: " + problem);
    }
  }

  private void visit(ByteBuffer bytes, int at, Visitor visitor) {
    boolean control = RecordBatch.isControl(bytes, at);
    long producerId =
        RecordBatch.isTransactional(bytes, at) ? RecordBatch.producerId(bytes, at) : -1;
    try (RecordReader records = RecordReader.open(bytes, at, MAX_BATCH_BYTES)) {
      while (records.next()) {
        ByteBuffer key = records.key();
        if (control) {
          visitEnd(key, records.value(), producerId, visitor);
        } else if (key == null) {
          throw damaged(records.offset(), "the record has no key");
        } else {
          visitor.record(records.offset(), producerId, key, records.value());
        }
      }
    } catch (InvalidRecordException e) {
      throw damaged(RecordBatch.baseOffset(bytes, at), String.valueOf(e.getMessage()));
    }
  }

  private static void visitEnd(
      @Nullable ByteBuffer key, @Nullable ByteBuffer value, long producerId, Visitor visitor) {
    EndTransactionMarker marker = EndTransactionMarker.read(key, value);
    if (marker != null) {
      visitor.endOfTransaction(producerId, marker.commit());
    }
  }

  private CoordinatorException damaged(long offset, String problem) {
    return new CoordinatorException(
        ErrorCode.NOT_COORDINATOR,
        "%s is damaged at offset %d: %s".formatted(partition, offset, problem));
  }
}
