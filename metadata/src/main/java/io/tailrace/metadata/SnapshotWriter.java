package io.tailrace.metadata;

import io.tailrace.env.DiskFile;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.ProtocolWriter;
import io.tailrace.protocol.message.SnapshotFooterRecord;
import io.tailrace.protocol.message.SnapshotHeaderRecord;
import io.tailrace.record.RecordBatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Writes an image as a snapshot file in KRaft's format (KIP-630), for one thread: record batches
 * whose offsets count from 0, the first and the last of them a control batch.
 *
 * <pre>
 *   SnapshotHeaderRecord    control record of type 3
 *   the records that make the image
 *   SnapshotFooterRecord    control record of type 4; a file without it is not whole
 * </pre>
 */
final class SnapshotWriter {
  static final short HEADER_TYPE = 3;
  static final short FOOTER_TYPE = 4;

  private static final short VERSION = 0;

  /** Of a batch, and so of what is held in memory at a time. */
  private static final int BATCH_BYTES = 1 << 20;

  private final DiskFile file;
  private final int epoch;
  private final long timestamp;
  private RecordBatchBuilder batch = new RecordBatchBuilder();
  private long nextOffset;
  private long size;

  private SnapshotWriter(DiskFile file, int epoch, long timestamp) {
    this.file = file;
    this.epoch = epoch;
    this.timestamp = timestamp;
  }

  /**
   * Writes all of it to an empty file, and syncs it.
   *
   * @param timestamp wall-clock time in ms of the last record that the image holds
   * @return the file's size in bytes
   */
  static long write(DiskFile file, ClusterImage image, int epoch, long timestamp)
      throws IOException {
    SnapshotWriter writer = new SnapshotWriter(file, epoch, timestamp);
    writer.control(HEADER_TYPE, new SnapshotHeaderRecord().lastContainedLogTimestamp(timestamp));
    ImageWriter.write(image, writer::add);
    writer.endBatch();
    writer.control(FOOTER_TYPE, new SnapshotFooterRecord());
    file.sync();
    return writer.size;
  }

  private void control(short type, Message record) throws IOException {
    ProtocolWriter value = new ProtocolWriter();
    record.write(value, VERSION);
    ByteBuffer key = ByteBuffer.allocate(2 * Short.BYTES).putShort(VERSION).putShort(type).flip();
    batch.control().append(timestamp, key, value.buffer(), List.of());
    endBatch();
  }

  private void add(Message record) throws IOException {
    if (batch.sizeInBytes() >= BATCH_BYTES) {
      endBatch();
    }
    batch.append(timestamp, null, MetadataRecordType.encode(record));
  }

  private void endBatch() throws IOException {
    if (batch.recordCount() == 0) {
      return;
    }
    nextOffset += batch.recordCount();
    ByteBuffer bytes = batch.leaderEpoch(epoch).build();
    if (size + bytes.limit() > Integer.MAX_VALUE) {
      throw new IOException("the metadata takes more than 2 GiB: no snapshot can hold it");
    }
    file.write(bytes.duplicate(), size);
    size += bytes.limit();
    batch = new RecordBatchBuilder().baseOffset(nextOffset);
  }
}
