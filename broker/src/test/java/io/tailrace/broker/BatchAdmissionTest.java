package io.tailrace.broker;

import static io.tailrace.broker.Wire.TIME;
import static io.tailrace.broker.Wire.batch;
import static io.tailrace.broker.Wire.bytes;
import static io.tailrace.broker.Wire.error;
import static io.tailrace.broker.Wire.get;
import static io.tailrace.broker.Wire.produce;
import static io.tailrace.broker.Wire.put;
import static io.tailrace.broker.Wire.records;
import static io.tailrace.broker.Wire.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.ProduceResponse.PartitionProduceResponse;
import io.tailrace.record.CompressionCodec;
import io.tailrace.record.RecordBatch;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which batches a partition takes, and what it says of the others. */
class BatchAdmissionTest {
  @TempDir Path folder;
  private TestBroker broker;
  private WireClient client;

  @BeforeEach
  void start() throws IOException {
    broker = TestBroker.start(folder);
    client = broker.connect();
  }

  @AfterEach
  void stop() throws IOException {
    broker.close();
  }

  private void expect(ErrorCode error, String topic, ByteBuffer batch) throws IOException {
    assertThat(error(put(client, topic, 0, batch).errorCode())).isEqualTo(error);
  }

  /** A batch of three records with something changed, and its checksum right again. */
  private static ByteBuffer changed(Consumer<ByteBuffer> change) {
    ByteBuffer batch = batch("a", "b", "c");
    change.accept(batch);
    return Wire.withChecksum(batch);
  }

  @Test
  void brokenBatchesAreRefusedAndHarmNobody() throws IOException {
    broker.createTopic(client, "t", 2);
    ByteBuffer flipped = batch("a");
    flipped.put(flipped.limit() - 1, (byte) ~flipped.get(flipped.limit() - 1));
    expect(ErrorCode.CORRUPT_MESSAGE, "t", flipped);
    for (byte magic : new byte[] {0, 1}) {
      expect(ErrorCode.INVALID_RECORD, "t", changed(it -> it.put(RecordBatch.MAGIC, magic)));
    }
    for (byte magic : new byte[] {3, -1, 127}) {
      expect(ErrorCode.CORRUPT_MESSAGE, "t", changed(it -> it.put(RecordBatch.MAGIC, magic)));
    }
    for (int count : new int[] {0, -1, 2, 4, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      expect(
          ErrorCode.INVALID_RECORD, "t", changed(it -> it.putInt(RecordBatch.RECORD_COUNT, count)));
      expect(
          ErrorCode.INVALID_RECORD,
          "t",
          changed(it -> it.putInt(RecordBatch.LAST_OFFSET_DELTA, count == 2 ? -1 : count)));
    }
    expect(ErrorCode.INVALID_RECORD, "t", changed(it -> it.putLong(RecordBatch.BASE_OFFSET, 1)));
    for (int bits : new int[] {5, 6, 7, 1 << 6}) {
      expect(
          ErrorCode.INVALID_RECORD,
          "t",
          changed(it -> it.putShort(RecordBatch.ATTRIBUTES, (short) bits)));
    }
    WireClient other = broker.connect();
    assertThat(put(other, "t", 1, batch("good")).baseOffset()).isZero();
    assertThat(put(client, "t", 0, batch("good")).baseOffset()).isZero();
  }

  @Test
  void aLengthThatLiesIsRefused() throws IOException {
    broker.createTopic(client, "t", 1);
    int right = batch("a").getInt(RecordBatch.BATCH_LENGTH);
    for (int length : new int[] {0, -1, 13, Integer.MIN_VALUE}) {
      ByteBuffer batch = batch("a").putInt(RecordBatch.BATCH_LENGTH, length);
      expect(ErrorCode.CORRUPT_MESSAGE, "t", batch);
    }
    for (int length : new int[] {right + 1, Integer.MAX_VALUE}) {
      ByteBuffer batch = batch("a").putInt(RecordBatch.BATCH_LENGTH, length);
      expect(ErrorCode.INVALID_RECORD, "t", batch);
    }
    expect(ErrorCode.CORRUPT_MESSAGE, "t", batch("a").putInt(RecordBatch.BATCH_LENGTH, right - 1));
    for (int size = 0; size < batch("a").limit(); size++) {
      PartitionProduceResponse cut = put(client, "t", 0, batch("a").limit(size));
      assertThat(error(cut.errorCode())).as("%s bytes", size).isEqualTo(ErrorCode.INVALID_RECORD);
    }
    assertThat(put(client, "t", 0, batch("good")).baseOffset()).isZero();
  }

  @Test
  void exactlyOneBatchAPartition() throws IOException {
    broker.createTopic(client, "t", 1);
    ByteBuffer one = batch("a");
    expect(
        ErrorCode.INVALID_RECORD,
        "t",
        ByteBuffer.allocate(2 * one.limit()).put(one).put(batch("b")).flip());
    expect(ErrorCode.INVALID_RECORD, "t", ByteBuffer.allocate(0));
    ProduceRequest nothing = produce(1, "t", 0, ByteBuffer.allocate(0));
    nothing.topicData().getFirst().partitionData().getFirst().records(null);
    PartitionProduceResponse answer = Wire.appended(client.call(nothing, 9));
    assertThat(error(answer.errorCode())).isEqualTo(ErrorCode.INVALID_RECORD);
    assertThat(get(client, "t", 0, 0).highWatermark()).isZero();
  }

  @Test
  void whatClientsMustNotSend() throws IOException {
    broker.createTopic(client, "t", 1);
    expect(
        ErrorCode.INVALID_RECORD,
        "t",
        new RecordBatchBuilder()
            .producer(1, (short) 0, 0)
            .transactional()
            .control()
            .append(TIME, new byte[4], new byte[6])
            .build());
    expect(
        ErrorCode.INVALID_TXN_STATE,
        "t",
        records(new RecordBatchBuilder().producer(1, (short) 0, 0).transactional(), "a").build());
    expect(
        ErrorCode.INVALID_TIMESTAMP,
        "t",
        records(new RecordBatchBuilder().logAppendTime(TIME), "a").build());
  }

  @Test
  void largerThanAllowed() throws IOException {
    broker.createTopic(client, "t", 1, "max.message.bytes", "1000");
    ByteBuffer fits = batch("x".repeat(1000 - batch("").limit() - 2));
    assertThat(fits.limit()).isBetween(998, 1000);
    expect(ErrorCode.NONE, "t", fits);
    expect(ErrorCode.MESSAGE_TOO_LARGE, "t", batch("x".repeat(1000)));
    broker.createTopic(client, "default", 1);
    expect(ErrorCode.NONE, "default", batch("x".repeat((1 << 20) - 100)));
    expect(ErrorCode.MESSAGE_TOO_LARGE, "default", batch("x".repeat(1 << 20)));
  }

  @Test
  void codecsAreStoredAsSent() throws IOException {
    broker.createTopic(client, "t", 1);
    for (CompressionCodec codec : CompressionCodec.values()) {
      ByteBuffer batch = records(new RecordBatchBuilder().codec(codec), "a", "b").build();
      expect(ErrorCode.NONE, "t", batch);
    }
    assertThat(values(get(client, "t", 0, 0))).hasSize(10).startsWith("0:a", "1:b").endsWith("9:b");
    ByteBuffer zstd = records(new RecordBatchBuilder().codec(CompressionCodec.ZSTD), "a").build();
    for (int version = 3; version <= 7; version++) {
      var answer = Wire.appended(client.call(produce(1, "t", 0, zstd.duplicate()), version));
      assertThat(error(answer.errorCode()))
          .isEqualTo(version < 7 ? ErrorCode.UNSUPPORTED_COMPRESSION_TYPE : ErrorCode.NONE);
    }
  }

  @Test
  void timestampsOutOfRange() throws IOException {
    broker.createTopic(
        client,
        "t",
        1,
        "message.timestamp.before.max.ms",
        "3600000",
        "message.timestamp.after.max.ms",
        "3600000");
    long now = System.currentTimeMillis();
    long hour = 3_600_000;
    long[] good = {now, now - hour / 2, now + hour / 2, RecordBatch.NO_TIMESTAMP};
    for (long timestamp : good) {
      expect(ErrorCode.NONE, "t", at(timestamp));
    }
    long[] bad = {now - 2 * hour, now + 2 * hour, 0, Long.MAX_VALUE, Long.MIN_VALUE, -2};
    for (long timestamp : bad) {
      expect(ErrorCode.INVALID_TIMESTAMP, "t", at(timestamp));
    }
    broker.createTopic(client, "u", 1, "message.timestamp.before.max.ms", "3600000");
    expect(ErrorCode.INVALID_TIMESTAMP, "u", at(Long.MIN_VALUE));
  }

  private static ByteBuffer at(long timestamp) {
    return new RecordBatchBuilder().append(timestamp, null, bytes("x")).build();
  }

  @Test
  void logAppendTimeIsTheBrokers() throws IOException {
    broker.createTopic(client, "t", 1, "message.timestamp.type", "LogAppendTime");
    long before = System.currentTimeMillis();
    PartitionProduceResponse answer = put(client, "t", 0, at(5));
    assertThat(error(answer.errorCode())).isEqualTo(ErrorCode.NONE);
    assertThat(answer.logAppendTimeMs()).isBetween(before, System.currentTimeMillis());
    var offset = Wire.offset(client, "t", 0, before, 7);
    assertThat(offset.offset()).isZero();
    assertThat(offset.timestamp()).isEqualTo(answer.logAppendTimeMs());
    assertThat(values(get(client, "t", 0, 0))).containsExactly("0:x");
  }

  @Test
  void compactedTopicsNeedKeys() throws IOException {
    broker.createTopic(client, "t", 1, "cleanup.policy", "compact");
    broker.createTopic(client, "both", 1, "cleanup.policy", "compact,delete");
    for (CompressionCodec codec : CompressionCodec.values()) {
      expect(
          ErrorCode.INVALID_RECORD,
          "t",
          new RecordBatchBuilder()
              .codec(codec)
              .append(TIME, bytes("key"), bytes("a"))
              .append(TIME, null, bytes("b"))
              .build());
      expect(
          ErrorCode.NONE,
          "both",
          new RecordBatchBuilder()
              .codec(codec)
              .append(TIME, bytes("key"), bytes("a"))
              .append(TIME, bytes("key"), null)
              .build());
    }
    assertThat(get(client, "t", 0, 0).highWatermark()).isZero();
  }

  @Test
  void deepValidationOpensBatches() throws IOException {
    broker.createTopic(client, "deep", 1, "tailrace.deep.validation", "true");
    broker.createTopic(client, "shallow", 1);
    ByteBuffer garbage = changed(it -> it.put(RecordBatch.RECORDS, (byte) 0x7f));
    ByteBuffer compressed =
        records(new RecordBatchBuilder().codec(CompressionCodec.GZIP), "a").build();
    Wire.withChecksum(compressed.putInt(RecordBatch.RECORDS, 0));
    ByteBuffer wrongMaximum = changed(it -> it.putLong(RecordBatch.MAX_TIMESTAMP, TIME + 99));
    for (ByteBuffer bad : new ByteBuffer[] {garbage, compressed}) {
      expect(ErrorCode.INVALID_RECORD, "deep", bad.duplicate());
      expect(ErrorCode.NONE, "shallow", bad);
    }
    expect(ErrorCode.NONE, "deep", wrongMaximum);
  }
}
