package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import io.tailrace.env.Clock;
import io.tailrace.env.Disk;
import io.tailrace.env.Environment;
import io.tailrace.record.CompressionCodec;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.testkit.SeededRandomness;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What it costs us and Apache Kafka's cleaner to clean the same log, in turns, in this JVM. Prints
 * a line for each; the CPU is that of the whole process, so garbage collection and the compiler
 * count.
 */
@Tag("campaign")
class CleanerThroughputTest {
  private static final String NAME = "topic-0";
  private static final long MEGABYTES = Long.getLong("tailrace.campaign.megabytes", 1024);
  private static final int ROUNDS = Integer.getInteger("tailrace.campaign.rounds", 4);
  private static final int DEDUPE_BYTES = 128 << 20;
  private static final int IO_BYTES = 256 << 10;
  private static final int RECORDS_IN_BATCH = 150;
  private static final int KEYS = 1_000_000;
  private static final Map<String, String> CONFIG =
      Map.of("cleanup.policy", "compact", "segment.bytes", "268435456");

  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  @TempDir Path root;

  /** Throughput in MB/s, and CPU-seconds per GB. */
  private record Cost(double megabytesPerSecond, double cpuSecondsPerGb) {}

  private interface Work {
    void run() throws Exception;
  }

  @ParameterizedTest
  @EnumSource(
      value = CompressionCodec.class,
      names = {"NONE", "LZ4", "ZSTD"})
  void costs(CompressionCodec codec) throws Exception {
    Path source = root.resolve("source");
    write(source, codec);
    Cost ours = new Cost(0, 0);
    Cost kafkas = new Cost(0, 0);
    for (int round = 1; round <= ROUNDS; round++) {
      ours = better(ours, cleanOurs(source, root.resolve("ours" + round)), round);
      print(codec, "Tailrace", round, ours);
      kafkas = better(kafkas, cleanKafkas(source, root.resolve("kafka" + round)), round);
      print(codec, "Kafka", round, kafkas);
    }
    assertThat(ours.megabytesPerSecond).isGreaterThan(kafkas.megabytesPerSecond);
    assertThat(ours.cpuSecondsPerGb / kafkas.cpuSecondsPerGb).isLessThan(0.5);
  }

  /** The first round warms up. */
  private static Cost better(Cost before, Cost now, int round) {
    return round == 2 || now.megabytesPerSecond > before.megabytesPerSecond ? now : before;
  }

  private static void print(CompressionCodec codec, String who, int round, Cost cost) {
    System.out.printf(
        "%s, %s, best up to round %d: %.0f MB/s, %.2f CPU-s/GB%n",
        codec, who, round, cost.megabytesPerSecond, cost.cpuSecondsPerGb);
  }

  private static PartitionLog open(LogManager manager) throws Exception {
    return manager.create(NAME, "AAAAAAAAAAAAAAAAAAAAAQ", LogConfig.of(CONFIG));
  }

  private static LogManager manager(Path folder) throws IOException {
    Environment environment =
        new Environment(Clock.system(), Disk.system(), new SeededRandomness(1));
    return LogManager.open(environment, folder, LogManagerSettings.DEFAULT);
  }

  private static void write(Path folder, CompressionCodec codec) throws Exception {
    SplittableRandom random = new SplittableRandom(1);
    byte[] text = new byte[1 << 16];
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) ('a' + random.nextInt(16));
    }
    long uncompressed = 0;
    try (LogManager manager = manager(folder)) {
      PartitionLog log = open(manager);
      while (uncompressed < MEGABYTES << 20) {
        RecordBatchBuilder builder = new RecordBatchBuilder().codec(codec);
        for (int i = 0; i < RECORDS_IN_BATCH; i++) {
          ByteBuffer key = ByteBuffer.allocate(16).putLong(8, random.nextInt(KEYS));
          ByteBuffer value = ByteBuffer.wrap(text, random.nextInt(text.length - 100), 100);
          builder.append(Batches.TIME, key, value, List.of());
        }
        uncompressed += builder.sizeInBytes();
        ByteBuffer batch = builder.build();
        AppendBatch[] one = {new AppendBatch().set(batch, 0, batch.limit())};
        log.append(one, 1, 1, Batches.TIME);
      }
    }
  }

  private static Cost cleanOurs(Path source, Path copy) throws Exception {
    link(source.resolve(NAME), copy.resolve(NAME));
    try (LogManager manager = manager(copy)) {
      PartitionLog log = open(manager);
      log.flush();
      log.setHighWatermark(log.logEndOffset());
      CleanableRange range = CleanableRange.of(log.state(), Batches.TIME);
      CleanerSettings settings =
          new CleanerSettings(true, 1, DEDUPE_BYTES, 0.9, 2 * IO_BYTES, Double.MAX_VALUE, 0);
      return measure(range.cleanableBytes(), () -> clean(log, range, settings));
    } finally {
      delete(copy);
    }
  }

  private static void clean(PartitionLog log, CleanableRange range, CleanerSettings settings)
      throws Exception {
    try (CleanerTools tools = CleanerTools.of(settings, new KeyHash(1, 2), bytes -> {})) {
      new LogCleaning(log, range, tools, Batches.TIME).run();
    }
  }

  private static Cost cleanKafkas(Path source, Path copy) throws Exception {
    Path folder = copy.resolve(NAME);
    link(source.resolve(NAME), folder);
    long bytes = bytesOfClosedSegments(folder);
    try (KafkaCleaner kafka = KafkaCleaner.open(folder, CONFIG, DEDUPE_BYTES, IO_BYTES)) {
      return measure(bytes, () -> kafka.clean(Long.MAX_VALUE, Long.MAX_VALUE, Batches.TIME));
    } finally {
      delete(copy);
    }
  }

  private static Cost measure(long bytes, Work work) throws Exception {
    System.gc();
    long cpu = PROCESS.getProcessCpuTime();
    long start = System.nanoTime();
    work.run();
    double seconds = (System.nanoTime() - start) / 1e9;
    double cpuSeconds = (PROCESS.getProcessCpuTime() - cpu) / 1e9;
    return new Cost(bytes / 1e6 / seconds, cpuSeconds / (bytes / 1e9));
  }

  /** Neither cleaner writes to a segment that it has found. */
  private static void link(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (file.toString().endsWith(LogFiles.LOG)) {
          Files.createLink(to.resolve(LogFiles.name(file)), file);
        }
      }
    }
  }

  private static long bytesOfClosedSegments(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      long[] sizes = files.sorted().mapToLong(file -> file.toFile().length()).toArray();
      long sum = 0;
      for (int i = 0; i + 1 < sizes.length; i++) {
        sum += sizes[i];
      }
      return sum;
    }
  }

  private static void delete(Path folder) throws IOException {
    Disk.system().deleteRecursively(folder);
  }
}
