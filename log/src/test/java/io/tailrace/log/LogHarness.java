package io.tailrace.log;

import io.tailrace.env.Disk;
import io.tailrace.env.Environment;
import io.tailrace.record.RecordBatch;
import io.tailrace.testkit.SeededRandomness;
import io.tailrace.testkit.SimClock;
import io.tailrace.testkit.SimDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One log in a data directory, on a simulated disk unless a real folder is given; everything
 * happens on the caller's thread.
 */
final class LogHarness {
  static final Path ROOT = Path.of("/data");
  static final String NAME = "topic-0";
  static final Path DIRECTORY = ROOT.resolve(NAME);
  static final int EPOCH = 3;

  /** Failures on purpose need no line in the build's output. Held, or the setting is lost. */
  private static final Logger LOGGER = Logger.getLogger("io.tailrace.log");

  static {
    LOGGER.setLevel(Level.OFF);
  }

  private final MortalDisk realDisk = new MortalDisk(Disk.system());
  private final @Nullable Path realFolder;
  final SimClock clock = new SimClock(Batches.TIME);
  final SimDisk disk = new SimDisk(clock::wallMs);
  LogConfig config;
  boolean deferBackground;
  int openFiles = 512;
  boolean thorough;

  /** Small, so that most tests meet starts that look at a part of the last segment only. */
  int progressBytes = 300;

  QueuedExecutor background = new QueuedExecutor(true);
  LogManager manager;
  PartitionLog log;

  LogHarness(Map<String, String> config) {
    this(config, null);
  }

  /**
   * @param realFolder where the data directory is to be on the machine's disk; null: on {@link
   *     #disk}
   */
  LogHarness(Map<String, String> config, @Nullable Path realFolder) {
    this.config = LogConfig.of(config);
    this.realFolder = realFolder;
  }

  static LogHarness opened(Map<String, String> config) throws LogException {
    LogHarness harness = new LogHarness(config);
    harness.open();
    return harness;
  }

  private LogManagerSettings settings() {
    return new LogManagerSettings(1, openFiles).saveProgressAfter(progressBytes);
  }

  void openManager() throws IOException {
    background = new QueuedExecutor(!deferBackground);
    manager =
        LogManager.open(
            new Environment(clock, realFolder == null ? disk : realDisk, new SeededRandomness(1)),
            realFolder == null ? ROOT : realFolder,
            thorough ? settings().checkAll() : settings(),
            new QueuedExecutor(true),
            background);
  }

  void open() throws LogException {
    try {
      openManager();
      log = manager.create(NAME, "AAAAAAAAAAAAAAAAAAAAAQ", config);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void closeAndOpen() throws LogException, IOException {
    manager.close();
    open();
  }

  void killAndOpen() throws LogException {
    kill();
    open();
  }

  /** The process dies. */
  void kill() {
    disk.kill();
    realDisk.kill();
  }

  /** Files that the process has open. */
  int filesOpen() {
    return disk.openFiles() + realDisk.openFiles();
  }

  /** Appends one batch and returns what became of it. */
  AppendBatch append(ByteBuffer batch) throws LogException {
    return append(List.of(batch)).get(0);
  }

  List<AppendBatch> append(List<ByteBuffer> buffers) throws LogException {
    List<AppendBatch> batches = new ArrayList<>();
    for (ByteBuffer buffer : buffers) {
      batches.add(new AppendBatch().set(buffer, 0, buffer.limit()));
    }
    log.append(batches.toArray(AppendBatch[]::new), batches.size(), EPOCH, clock.wallMs());
    return batches;
  }

  /** The bytes of all batches from an offset on. */
  byte[] readAll(long offset) throws LogException, IOException {
    return readAll(log, offset);
  }

  static byte[] readAll(PartitionLog log, long offset) throws LogException, IOException {
    ByteBuffer all = ByteBuffer.allocate((int) log.sizeInBytes());
    long next = offset;
    while (next < log.logEndOffset()) {
      ByteBuffer part = read(log, next, Integer.MAX_VALUE, true, log.logEndOffset());
      if (!part.hasRemaining()) {
        throw new AssertionError("nothing at " + next + " of " + log.state().offsets);
      }
      int at = 0;
      while (at < part.limit()) {
        next = RecordBatch.nextOffset(part, at);
        at += RecordBatch.sizeInBytes(part, at);
      }
      all.put(part);
    }
    byte[] bytes = new byte[all.flip().remaining()];
    all.get(bytes);
    return bytes;
  }

  ByteBuffer read(long offset, int maxBytes, boolean atLeastOne) throws LogException, IOException {
    return read(log, offset, maxBytes, atLeastOne, log.logEndOffset());
  }

  ByteBuffer read(long offset, int maxBytes, boolean atLeastOne, long endOffset)
      throws LogException, IOException {
    return read(log, offset, maxBytes, atLeastOne, endOffset);
  }

  private static ByteBuffer read(
      PartitionLog log, long offset, int maxBytes, boolean atLeastOne, long endOffset)
      throws LogException, IOException {
    LogSlice slice = log.read(offset, maxBytes, atLeastOne, endOffset);
    try {
      ByteBuffer buffer = ByteBuffer.allocate(slice.sizeInBytes());
      slice.readInto(buffer);
      return buffer.flip();
    } finally {
      slice.release();
    }
  }

  Path file(long offset, String suffix) {
    return LogFiles.file(DIRECTORY, offset, suffix);
  }

  byte[] content(Path file) throws IOException {
    return disk.readAll(file, 1 << 28);
  }

  String producers() {
    return log.state().producers.toString();
  }

  String epochs() {
    return log.state().epochs.toString();
  }

  int segments() {
    return log.state().segments.all().length;
  }
}
