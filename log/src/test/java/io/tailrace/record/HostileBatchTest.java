package io.tailrace.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Whatever the bytes: a fault, no exception, and no more memory than the bytes or the cap. */
class HostileBatchTest {
  private static final int MB = 1 << 20;

  /** Of LZ4's two block buffers of 4 MB, and what the cap of 1 MB costs while it is copied. */
  private static final long MEMORY_BOUND = 12 * MB;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void everyTruncationIsSeen() {
    ByteBuffer batch = new RandomBatches(1).clientBatch(CompressionCodec.NONE, 10);
    for (int size = 0; size < batch.limit(); size++) {
      ByteBuffer torn = ByteBuffer.allocate(size).put(0, batch, 0, size);
      assertThat(BatchValidator.validate(torn, 0, size)).isEqualTo(BatchFault.TRUNCATED);
      assertThat(BatchValidator.validateStored(torn, 0, size)).isEqualTo(BatchFault.TRUNCATED);
    }
  }

  @Test
  void everyFlippedBitIsSeen() {
    ByteBuffer batch = new RandomBatches(2).clientBatch(CompressionCodec.NONE, 10);
    for (int bit = 0; bit < 8 * batch.limit(); bit++) {
      int at = bit / 8;
      flip(batch, bit);
      boolean patched = at >= RecordBatch.PARTITION_LEADER_EPOCH && at < RecordBatch.MAGIC;
      assertThat(BatchValidator.validate(batch, 0, batch.limit()) == BatchFault.NONE)
          .as("client's batch with bit %d flipped is accepted", bit)
          .isEqualTo(patched);
      assertThat(BatchValidator.validateStored(batch, 0, batch.limit()) == BatchFault.NONE)
          .as("stored batch with bit %d flipped is accepted", bit)
          .isEqualTo(patched || at < RecordBatch.BATCH_LENGTH);
      flip(batch, bit);
    }
  }

  @ParameterizedTest
  @EnumSource
  void damagedRecordsUnderAGoodChecksum(CompressionCodec codec) {
    for (long seed = 0; seed < 2000; seed++) {
      Random random = new Random(seed);
      ByteBuffer batch = new RandomBatches(seed).clientBatch(codec, 5);
      int length = batch.limit() - RecordBatch.RECORDS;
      for (int changes = 1 + random.nextInt(4); changes > 0 && length > 0; changes--) {
        int at =
            RecordBatch.RECORDS
                + random.nextInt(random.nextBoolean() ? length : Math.min(length, 30));
        batch.put(at, random.nextBoolean() ? (byte) random.nextInt() : (byte) 0xff);
      }
      assertBounded("seed " + seed, batch);
    }
  }

  @ParameterizedTest
  @EnumSource
  void randomBytesForRecords(CompressionCodec codec) {
    for (long seed = 0; seed < 2000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = new byte[random.nextInt(300)];
      random.nextBytes(bytes);
      assertBounded("seed " + seed, batchOf(codec, 1 + random.nextInt(5), bytes));
    }
  }

  @Test
  void hostileNumbersInRecords() throws IOException {
    long[] numbers = {
      0, 1, -1, -2, 63, 64, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE
    };
    for (CompressionCodec codec : CompressionCodec.values()) {
      for (Field field : Field.values()) {
        for (long number : numbers) {
          String name = codec + " " + field + " " + number;
          ByteBuffer batch = batchOf(codec, 1, compress(codec, record(field, number)));
          assertBounded(name, batch);
          assertThat(isWellFormed(deep(batch))).as(name).isEqualTo(field.allows(number));
        }
      }
    }
  }

  @Test
  void bytesBehindTheHeadersOfARecord() {
    RecordBytes record = new RecordBytes();
    record.writeVarInt(7);
    record.writeBytes(new byte[] {0, 0, 0, 1, 1, 0, 99}); // all right but for the last
    byte[] bytes = record.toByteArray();
    assertThat(deep(batchOf(CompressionCodec.NONE, 1, bytes))).isEqualTo(BatchFault.BAD_RECORD);
  }

  @Test
  void aNumberThatNeverEnds() {
    byte[] endless = new byte[100];
    Arrays.fill(endless, (byte) 0xff);
    assertThat(deep(batchOf(CompressionCodec.NONE, 1, endless))).isEqualTo(BatchFault.BAD_RECORD);
  }

  @Test
  void moreOrFewerRecordsThanCounted() {
    for (CompressionCodec codec : CompressionCodec.values()) {
      ByteBuffer batch =
          new RecordBatchBuilder().codec(codec).append(1, null, null).append(1, null, null).build();
      for (int count : new int[] {1, 3, Integer.MAX_VALUE}) {
        batch.putInt(RecordBatch.RECORD_COUNT, count);
        assertThat(deep(batch)).isEqualTo(BatchFault.BAD_RECORD);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void bombs(CompressionCodec codec) throws IOException {
    ByteBuffer bomb =
        new RecordBatchBuilder().codec(codec).append(1, null, new byte[32 * MB]).build();
    assertThat(allocatedBy(() -> assertThat(deep(bomb)).isEqualTo(BatchFault.TOO_LARGE)))
        .isLessThan(MEMORY_BOUND);

    byte[] zeros = new byte[32 * MB]; // behind the last record
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    records.writeBytes(record(Field.TIMESTAMP_DELTA, 0));
    records.writeBytes(zeros);
    ByteBuffer tail = batchOf(codec, 1, compress(codec, records.toByteArray()));
    assertThat(allocatedBy(() -> assertThat(deep(tail)).isEqualTo(BatchFault.BAD_RECORD)))
        .isLessThan(MEMORY_BOUND);
  }

  @Test
  void snappyBlocksThatClaimAGigabyte() {
    byte[] holds = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 3, 0, 0};
    assertRefusedCheaply(batchOf(CompressionCodec.SNAPPY, 1, holds));

    ByteBuffer framed = ByteBuffer.allocate(40).putLong(0x82534e4150505900L);
    framed.putInt(1).putInt(1).putInt(400_000_000); // two versions, size of the block
    assertRefusedCheaply(batchOf(CompressionCodec.SNAPPY, 1, framed.array()));
  }

  private void assertRefusedCheaply(ByteBuffer batch) {
    assertThat(allocatedBy(() -> assertThat(deep(batch)).isEqualTo(BatchFault.BAD_RECORD)))
        .isLessThan(MB);
  }

  private void assertBounded(String name, ByteBuffer batch) {
    RecordBatch.updateCrc(batch, 0, batch.limit());
    try {
      assertThat(allocatedBy(() -> deep(batch))).as(name).isLessThan(MEMORY_BOUND);
    } catch (RuntimeException | Error e) {
      throw new AssertionError(name, e);
    }
  }

  private static BatchFault deep(ByteBuffer batch) {
    return BatchValidator.validateRecords(batch, 0, false, MB);
  }

  private long allocatedBy(Runnable work) {
    long before = threads.getCurrentThreadAllocatedBytes();
    work.run();
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  /** The numbers of a record with null key and value. */
  private enum Field {
    LENGTH,
    TIMESTAMP_DELTA,
    OFFSET_DELTA,
    KEY_LENGTH,
    VALUE_LENGTH,
    HEADER_COUNT;

    boolean allows(long number) {
      return switch (this) {
        case LENGTH -> false; // none of those tried is the right one
        case TIMESTAMP_DELTA -> true;
        case OFFSET_DELTA, HEADER_COUNT -> number == 0;
        case KEY_LENGTH, VALUE_LENGTH -> number == 0 || number == -1;
      };
    }
  }

  private static boolean isWellFormed(BatchFault fault) {
    return fault == BatchFault.NONE || fault == BatchFault.BAD_MAX_TIMESTAMP;
  }

  /** A record that is right except for the one field. */
  private static byte[] record(Field wrong, long number) {
    RecordBytes body = new RecordBytes();
    body.write(0); // attributes
    body.writeVarInt(wrong == Field.TIMESTAMP_DELTA ? number : 0);
    body.writeVarInt(wrong == Field.OFFSET_DELTA ? number : 0);
    body.writeVarInt(wrong == Field.KEY_LENGTH ? number : -1);
    body.writeVarInt(wrong == Field.VALUE_LENGTH ? number : -1);
    body.writeVarInt(wrong == Field.HEADER_COUNT ? number : 0);
    RecordBytes record = new RecordBytes();
    record.writeVarInt(wrong == Field.LENGTH ? number : body.size());
    record.writeBytes(body.toByteArray());
    return record.toByteArray();
  }

  private static byte[] compress(CompressionCodec codec, byte[] bytes) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (OutputStream out = codec.compress(compressed)) {
      out.write(bytes);
    }
    return compressed.toByteArray();
  }

  /** A batch whose header is right, with these bytes for records. */
  private static ByteBuffer batchOf(CompressionCodec codec, int count, byte[] records) {
    int size = RecordBatch.HEADER_SIZE + records.length;
    ByteBuffer batch = ByteBuffer.allocate(size).put(RecordBatch.RECORDS, records);
    batch.putInt(RecordBatch.BATCH_LENGTH, size - RecordBatch.LOG_OVERHEAD);
    batch.put(RecordBatch.MAGIC, RecordBatch.MAGIC_V2);
    batch.putShort(RecordBatch.ATTRIBUTES, (short) codec.id());
    batch.putInt(RecordBatch.LAST_OFFSET_DELTA, count - 1);
    batch.putLong(RecordBatch.PRODUCER_ID, RecordBatch.NO_PRODUCER_ID);
    batch.putInt(RecordBatch.RECORD_COUNT, count);
    RecordBatch.updateCrc(batch, 0, size);
    return batch;
  }

  private static void flip(ByteBuffer batch, int bit) {
    batch.put(bit / 8, (byte) (batch.get(bit / 8) ^ 1 << bit % 8));
  }
}
