package io.tailrace.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.record.BatchFault;
import io.tailrace.record.BatchValidator;
import io.tailrace.record.RecordBatch;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchesTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 10, 150, 600})
  void aStampIsTheStartOfTheFirstValueAndTheBatchStaysValid(int records) {
    ByteBuffer plain = Batches.batch(records, 1_700_000_000_000L);
    int at = 33;
    ByteBuffer stamped = ByteBuffer.allocate(at + plain.limit());
    stamped.put(at, plain, 0, plain.limit());
    Batches.stamp(stamped, at, 0x0102030405060708L);

    assertThat(Batches.stampOf(stamped, at)).isEqualTo(0x0102030405060708L);
    assertThat(BatchValidator.validate(stamped, at, plain.limit())).isEqualTo(BatchFault.NONE);
    for (int i = RecordBatch.ATTRIBUTES; i < plain.limit(); i++) {
      boolean inStamp = i >= Batches.STAMP && i < Batches.STAMP + Long.BYTES;
      assertThat(stamped.get(at + i) == plain.get(i) || inStamp).as("byte %d", i).isTrue();
    }
    assertThat(plain.getShort(Batches.STAMP - 2))
        .as("size of the first value, as a varint")
        .isEqualTo((short) 0xc801); // zigzag of 100 is 200
  }
}
