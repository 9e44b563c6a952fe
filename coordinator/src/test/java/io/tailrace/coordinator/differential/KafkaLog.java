package io.tailrace.coordinator.differential;

import io.tailrace.coordinator.runtime.CoordinatorLog.Entry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.coordinator.common.runtime.CoordinatorLoader;
import org.apache.kafka.coordinator.common.runtime.CoordinatorPlayback;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.common.runtime.PartitionWriter;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/** The partition that Kafka's coordinator writes to and loads from, in memory. */
final class KafkaLog implements PartitionWriter, CoordinatorLoader<CoordinatorRecord> {
  private final LogConfig config = new LogConfig(Map.of());
  private final GroupCoordinatorRecordSerde serde = new GroupCoordinatorRecordSerde();
  private final List<MemoryRecords> batches = new ArrayList<>();
  private final List<Listener> listeners = new ArrayList<>();
  private List<Entry> fresh = new ArrayList<>();
  private long endOffset;

  /** What was written since the last call. */
  List<Entry> takeFresh() {
    List<Entry> taken = fresh;
    fresh = new ArrayList<>();
    return taken;
  }

  @Override
  public long append(
      TopicPartition partition, VerificationGuard guard, MemoryRecords records, short version) {
    ByteBuffer copy = ByteBuffer.allocate(records.sizeInBytes());
    copy.put(records.buffer().duplicate()).flip();
    MemoryRecords kept = MemoryRecords.readableRecords(copy);
    for (MutableRecordBatch batch : kept.batches()) {
      batch.setLastOffset(endOffset + batch.lastOffset() - batch.baseOffset());
      endOffset = batch.nextOffset();
      for (Record record : batch) {
        fresh.add(new Entry(bytes(record.key()), bytes(record.value())));
      }
    }
    batches.add(kept);
    List.copyOf(listeners)
        .forEach(listener -> listener.onHighWatermarkUpdated(partition, endOffset));
    return endOffset;
  }

  private static byte[] bytes(ByteBuffer buffer) {
    if (buffer == null) {
      return null;
    }
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  @Override
  public CompletableFuture<LoadSummary> load(
      TopicPartition partition, CoordinatorPlayback<CoordinatorRecord> playback) {
    for (MemoryRecords records : batches) {
      for (MutableRecordBatch batch : records.batches()) {
        for (Record record : batch) {
          playback.replay(
              record.offset(),
              batch.producerId(),
              batch.producerEpoch(),
              serde.deserialize(record.key(), record.value()));
        }
      }
    }
    if (endOffset > 0) {
      playback.updateLastWrittenOffset(endOffset);
      playback.updateLastCommittedOffset(endOffset);
    }
    return CompletableFuture.completedFuture(new LoadSummary(0, 0, 0, endOffset, 0));
  }

  @Override
  public void registerListener(TopicPartition partition, Listener listener) {
    listeners.add(listener);
  }

  @Override
  public void deregisterListener(TopicPartition partition, Listener listener) {
    listeners.remove(listener);
  }

  @Override
  public LogConfig config(TopicPartition partition) {
    return config;
  }

  @Override
  public CompletableFuture<VerificationGuard> maybeStartTransactionVerification(
      TopicPartition partition, String transactionalId, long producerId, short epoch, int version) {
    return CompletableFuture.completedFuture(VerificationGuard.SENTINEL);
  }

  @Override
  public CompletableFuture<Void> deleteRecords(TopicPartition partition, long beforeOffset) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void close() {}
}
