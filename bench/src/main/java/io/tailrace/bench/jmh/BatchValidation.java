package io.tailrace.bench.jmh;

import io.tailrace.record.BatchFault;
import io.tailrace.record.BatchValidator;
import io.tailrace.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a batch costs before it is appended; nearly all of it should be the checksum. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class BatchValidation {
  private static final long NO_LIMIT = Long.MAX_VALUE;

  /** Of 100 B: about 1, 16 and 66 KB. */
  @Param({"10", "150", "600"})
  public int records;

  private ByteBuffer batch = ByteBuffer.allocate(0);

  @Setup
  public void build() {
    batch = Batches.direct(records);
  }

  @Benchmark
  public BatchFault validate() {
    return BatchValidator.validate(batch, 0, batch.limit());
  }

  @Benchmark
  public long checksum() {
    return RecordBatch.computedCrc(batch, 0, batch.limit());
  }

  /** Only for compacted topics. */
  @Benchmark
  public BatchFault validateRecords() {
    return BatchValidator.validateRecords(batch, 0, false, NO_LIMIT);
  }
}
