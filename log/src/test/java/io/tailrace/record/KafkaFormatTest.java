package io.tailrace.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Kafka's own classes read what we build, and we read what they build. */
class KafkaFormatTest {
  private static final long BASE_OFFSET = 42_000_000_000L;
  private static final int LEADER_EPOCH = 7;
  private static final long PRODUCER_ID = 4711;
  private static final short EPOCH = 3;
  private static final int SEQUENCE = Integer.MAX_VALUE - 2;
  private static final long APPEND_TIME = 1_700_000_123_456L;
  private static final int NO_LIMIT = Integer.MAX_VALUE;

  @ParameterizedTest
  @EnumSource
  void kafkaReadsOurBatches(CompressionCodec codec) {
    for (long seed = 0; seed < 60; seed++) {
      List<Record> records = new RandomBatches(seed).records(BASE_OFFSET, 1 + (int) seed * 5);
      RecordBatchBuilder builder =
          new RecordBatchBuilder()
              .baseOffset(BASE_OFFSET)
              .leaderEpoch(LEADER_EPOCH)
              .producer(PRODUCER_ID, EPOCH, SEQUENCE)
              .transactional()
              .codec(codec);
      records.forEach(builder::append);
      MutableRecordBatch batch = kafkaBatch(builder.build());

      assertThat(batch.isTransactional()).isTrue();
      assertThat(batch.isControlBatch()).isFalse();
      assertThat(batch.partitionLeaderEpoch()).isEqualTo(LEADER_EPOCH);
      assertThat(batch.producerId()).isEqualTo(PRODUCER_ID);
      assertThat(batch.producerEpoch()).isEqualTo(EPOCH);
      assertThat(batch.baseSequence()).isEqualTo(SEQUENCE);
      assertThat(batch.timestampType()).isEqualTo(TimestampType.CREATE_TIME);
      assertThat(batch.compressionType().id).isEqualTo((byte) codec.id());
      assertThat(batch.maxTimestamp())
          .isEqualTo(records.stream().mapToLong(Record::timestamp).max().orElseThrow());
      assertThat(kafkaRecords(batch)).as("seed %d", seed).isEqualTo(records);
    }
  }

  @ParameterizedTest
  @EnumSource
  void weReadKafkasBatches(CompressionCodec codec) {
    for (long seed = 0; seed < 60; seed++) {
      List<Record> records = new RandomBatches(seed).records(BASE_OFFSET, 1 + (int) seed * 5);
      ByteBuffer batch = builtByKafka(codec, TimestampType.CREATE_TIME, records);

      assertThat(BatchValidator.validateStored(batch, 0, batch.limit())).isEqualTo(BatchFault.NONE);
      assertThat(RecordBatch.lastOffset(batch, 0)).isEqualTo(records.getLast().offset());
      assertThat(RecordBatch.producerId(batch, 0)).isEqualTo(PRODUCER_ID);
      assertThat(RecordBatch.lastSequence(batch, 0)).isEqualTo(kafkaBatch(batch).lastSequence());
      assertThat(ourRecords(batch)).as("seed %d", seed).isEqualTo(records);
    }
  }

  @ParameterizedTest
  @EnumSource
  void logAppendTimeBothWays(CompressionCodec codec) {
    List<Record> records = new RandomBatches(1).records(BASE_OFFSET, 20);
    List<Record> stamped = records.stream().map(KafkaFormatTest::stamp).toList();
    RecordBatchBuilder builder = new RecordBatchBuilder().baseOffset(BASE_OFFSET).codec(codec);
    records.forEach(builder.logAppendTime(APPEND_TIME)::append);

    assertThat(kafkaRecords(kafkaBatch(builder.build()))).isEqualTo(stamped);
    assertThat(ourRecords(builtByKafka(codec, TimestampType.LOG_APPEND_TIME, records)))
        .isEqualTo(stamped);
  }

  @Test
  void stampingABatchKeepsItValid() {
    List<Record> records = new RandomBatches(2).records(0, 20);
    RecordBatchBuilder builder = new RecordBatchBuilder().codec(CompressionCodec.LZ4);
    records.forEach(builder::append);
    ByteBuffer batch = builder.build();

    RecordBatch.setLogAppendTime(batch, 0, batch.limit(), APPEND_TIME);
    assertThat(kafkaRecords(kafkaBatch(batch)))
        .isEqualTo(records.stream().map(KafkaFormatTest::stamp).toList());
  }

  @Test
  void aBatchWithGapsAndADeleteHorizon() {
    List<Record> all = new RandomBatches(3).records(BASE_OFFSET, 50);
    List<Record> kept = all.stream().filter(r -> r.offset() % 3 == 1).toList();
    RecordBatchBuilder builder =
        new RecordBatchBuilder().baseOffset(BASE_OFFSET).deleteHorizon(APPEND_TIME);
    kept.forEach(builder::append);
    MutableRecordBatch batch = kafkaBatch(builder.lastOffset(all.getLast().offset()).build());

    assertThat(batch.deleteHorizonMs().orElseThrow()).isEqualTo(APPEND_TIME);
    assertThat(batch.lastOffset()).isEqualTo(all.getLast().offset());
    assertThat(kafkaRecords(batch)).isEqualTo(kept);
  }

  @Test
  void aBatchWithoutRecords() {
    ByteBuffer bytes = new RecordBatchBuilder().baseOffset(100).lastOffset(109).build();

    assertThat(kafkaRecords(kafkaBatch(bytes))).isEmpty();
    assertThat(kafkaBatch(bytes).nextOffset()).isEqualTo(110);
    assertThat(ourRecords(bytes)).isEmpty();
  }

  @Test
  void transactionMarkersBothWays() {
    for (boolean commit : new boolean[] {true, false}) {
      EndTransactionMarker marker = new EndTransactionMarker(commit, 12);
      RecordBatchBuilder builder =
          new RecordBatchBuilder()
              .control()
              .transactional()
              .producer(PRODUCER_ID, EPOCH, RecordBatch.NO_SEQUENCE)
              .append(APPEND_TIME, marker.key(), marker.value(), List.of());
      assertOurMarkerIsKafkas(kafkaBatch(builder.build()), commit);

      var type = commit ? ControlRecordType.COMMIT : ControlRecordType.ABORT;
      var theirs = new org.apache.kafka.common.record.internal.EndTransactionMarker(type, 12);
      ByteBuffer bytes =
          MemoryRecords.withEndTransactionMarker(BASE_OFFSET, PRODUCER_ID, EPOCH, theirs).buffer();
      assertThat(RecordBatch.isControl(bytes, 0)).isTrue();
      Record record = ourRecords(bytes).getFirst();
      assertThat(EndTransactionMarker.read(record.key(), record.value())).isEqualTo(marker);
    }
  }

  private static void assertOurMarkerIsKafkas(MutableRecordBatch batch, boolean commit) {
    assertThat(batch.isControlBatch()).isTrue();
    var record = batch.iterator().next();
    var read = org.apache.kafka.common.record.internal.EndTransactionMarker.deserialize(record);
    assertThat(read.controlType())
        .isEqualTo(commit ? ControlRecordType.COMMIT : ControlRecordType.ABORT);
    assertThat(read.coordinatorEpoch()).isEqualTo(12);
  }

  private static Record stamp(Record record) {
    return new Record(record.offset(), APPEND_TIME, record.key(), record.value(), record.headers());
  }

  private static List<Record> ourRecords(ByteBuffer batch) {
    List<Record> records = new ArrayList<>();
    try (RecordReader reader = RecordReader.open(batch, 0, NO_LIMIT)) {
      while (reader.next()) {
        records.add(reader.record());
      }
    }
    return records;
  }

  private static MutableRecordBatch kafkaBatch(ByteBuffer bytes) {
    var batches = MemoryRecords.readableRecords(bytes.duplicate()).batches().iterator();
    MutableRecordBatch batch = batches.next();
    batch.ensureValid();
    assertThat(batches.hasNext()).isFalse();
    return batch;
  }

  private static List<Record> kafkaRecords(MutableRecordBatch batch) {
    return StreamSupport.stream(batch.spliterator(), false)
        .peek(org.apache.kafka.common.record.internal.Record::ensureValid)
        .map(
            r -> new Record(r.offset(), r.timestamp(), r.key(), r.value(), ourHeaders(r.headers())))
        .toList();
  }

  private static List<RecordHeader> ourHeaders(Header[] headers) {
    return List.of(headers).stream().map(h -> RecordHeader.of(h.key(), h.value())).toList();
  }

  private static ByteBuffer builtByKafka(
      CompressionCodec codec, TimestampType timestampType, List<Record> records) {
    Compression compression = Compression.of(CompressionType.forId(codec.id())).build();
    try (MemoryRecordsBuilder builder =
        MemoryRecords.builder(
            ByteBuffer.allocate(1024),
            (byte) 2,
            compression,
            timestampType,
            BASE_OFFSET,
            APPEND_TIME,
            PRODUCER_ID,
            EPOCH,
            SEQUENCE,
            true,
            LEADER_EPOCH)) {
      for (Record record : records) {
        builder.appendWithOffset(
            record.offset(),
            record.timestamp(),
            record.key(),
            record.value(),
            kafkaHeaders(record.headers()));
      }
      return builder.build().buffer();
    }
  }

  private static Header[] kafkaHeaders(List<RecordHeader> headers) {
    RecordHeaders result = new RecordHeaders();
    for (RecordHeader header : headers) {
      byte[] value = Optional.ofNullable(header.value()).map(ByteBuffer::array).orElse(null);
      result.add(header.keyText(), value);
    }
    return result.toArray();
  }
}
