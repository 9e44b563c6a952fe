package io.tailrace.log;

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

/** One log in a data directory on a simulated disk; everything happens on the caller's thread. */
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

  final SimDisk disk = new SimDisk();
  final SimClock clock = new SimClock(Batches.TIME);
  LogConfig config;
  boolean deferBackground;
  int openFiles = 512;
  QueuedExecutor background = new QueuedExecutor(true);
  LogManager manager;
  PartitionLog log;

  LogHarness(Map<String, String> config) {
    this.config = LogConfig.of(config);
  }

  static LogHarness opened(Map<String, String> config) throws LogException {
    LogHarness harness = new LogHarness(config);
    harness.open();
    return harness;
  }

  void openManager() throws IOException {
    background = new QueuedExecutor(!deferBackground);
    manager =
        LogManager.open(
            new Environment(clock, disk, new SeededRandomness(1)),
            ROOT,
            new LogManagerSettings(1, openFiles),
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
    disk.kill();
    open();
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
    ByteBuffer all = ByteBuffer.allocate((int) log.sizeInBytes());
    long next = offset;
    while (next < log.logEndOffset()) {
      ByteBuffer part = read(next, Integer.MAX_VALUE, true);
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
    return read(offset, maxBytes, atLeastOne, log.logEndOffset());
  }

  ByteBuffer read(long offset, int maxBytes, boolean atLeastOne, long endOffset)
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
