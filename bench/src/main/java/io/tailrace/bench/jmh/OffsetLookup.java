package io.tailrace.bench.jmh;

import io.tailrace.env.Environment;
import io.tailrace.log.AppendBatch;
import io.tailrace.log.LogConfig;
import io.tailrace.log.LogException;
import io.tailrace.log.LogManager;
import io.tailrace.log.LogManagerSettings;
import io.tailrace.log.LogSlice;
import io.tailrace.log.PartitionLog;
import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From an offset to the slice of the file that a fetch is answered with, in a log of 256 MB in the
 * page cache. No bytes of records are read; looking up an offset that was not just served reads the
 * headers of the batches behind its index entry.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class OffsetLookup {
  private static final int RECORDS_PER_BATCH = 150;
  private static final int BATCHES = 16 * 1024;
  private static final int FETCH_BYTES = 1 << 20;
  private static final String TOPIC_ID = "AAAAAAAAAAAAAAAAAAAAAQ";

  /** Whether a fetch goes on where the one before ended, as consumers do. */
  @Param({"true", "false"})
  public boolean consecutive;

  private final Random random = new Random(1);
  private long offset;
  private Path folder = Path.of("");

  @SuppressWarnings("NullAway.Init") // JMH calls fill() before anything else
  private LogManager logs;

  @SuppressWarnings("NullAway.Init")
  private PartitionLog log;

  @Setup
  public void fill() throws IOException, LogException {
    folder = Files.createTempDirectory("tailrace-jmh-");
    logs = LogManager.open(Environment.system(), folder, LogManagerSettings.DEFAULT);
    log = logs.create("lookup-0", TOPIC_ID, LogConfig.DEFAULT);
    ByteBuffer bytes = Batches.direct(RECORDS_PER_BATCH);
    AppendBatch[] batch = {new AppendBatch().set(bytes, 0, bytes.limit())};
    for (int i = 0; i < BATCHES; i++) {
      RecordBatch.patch(bytes, 0, 0, 0);
      log.append(batch, 1, 0, System.currentTimeMillis());
    }
  }

  @Benchmark
  public int read() throws LogException {
    LogSlice slice = log.read(offset, FETCH_BYTES, true, Long.MAX_VALUE);
    int bytes = slice.sizeInBytes();
    slice.release();
    offset = consecutive ? behind(bytes) : random.nextLong(log.logEndOffset());
    return bytes;
  }

  private long behind(int bytes) {
    int batchBytes = (int) (log.sizeInBytes() / BATCHES);
    return (offset + (long) bytes / batchBytes * RECORDS_PER_BATCH) % log.logEndOffset();
  }

  @TearDown
  public void delete() throws IOException {
    logs.close();
    List<Path> found;
    try (Stream<Path> files = Files.walk(folder)) {
      found = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : found) {
      Files.delete(file);
    }
  }
}
