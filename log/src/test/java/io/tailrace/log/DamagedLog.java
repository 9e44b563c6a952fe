package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.env.Disk.OpenMode;
import io.tailrace.env.DiskFile;
import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A log whose files were written once, and can be laid out again and again, damaged, for a recovery
 * whose outcome is then compared with what was written, batch by batch.
 */
final class DamagedLog {
  /** A batch as it was written. */
  record Written(long segment, int position, long base, long next, byte[] bytes) {
    int end() {
      return position + bytes.length;
    }
  }

  /** What became of a batch. */
  enum Fate {
    SERVED,
    /** Reading any of its offsets tells that it is damaged. */
    QUARANTINED,
    /** The log ends before it. */
    CUT
  }

  final List<Written> written = new ArrayList<>();
  private final Map<Path, byte[]> files = new TreeMap<>();
  private final Map<String, String> config;
  LogHarness harness;

  private DamagedLog(LogHarness from, Map<String, String> config) throws IOException {
    this.config = config;
    this.harness = from;
    collect(from, LogHarness.ROOT);
    for (Path file : files.keySet()) {
      long segment = LogFiles.offset(file, LogFiles.LOG);
      if (segment >= 0) {
        note(segment, files.get(file));
      }
    }
  }

  /** What a killed process has left. */
  static DamagedLog of(LogHarness from, Map<String, String> config) throws IOException {
    from.disk.kill();
    return new DamagedLog(from, config);
  }

  private void collect(LogHarness from, Path directory) throws IOException {
    for (Path path : from.disk.list(directory)) {
      if (from.disk.isDirectory(path)) {
        collect(from, path);
      } else if (!path.endsWith(".lock")) {
        files.put(path, from.content(path));
      }
    }
  }

  private void note(long segment, byte[] content) {
    ByteBuffer all = ByteBuffer.wrap(content);
    for (int at = 0; at < content.length; at += RecordBatch.sizeInBytes(all, at)) {
      int end = at + RecordBatch.sizeInBytes(all, at);
      written.add(
          new Written(
              segment,
              at,
              RecordBatch.baseOffset(all, at),
              RecordBatch.nextOffset(all, at),
              Arrays.copyOfRange(content, at, end)));
    }
  }

  long end() {
    return written.getLast().next();
  }

  Path segment(int batch) {
    return LogFiles.file(LogHarness.DIRECTORY, written.get(batch).segment(), LogFiles.LOG);
  }

  byte[] content(Path file) {
    return files.get(file).clone();
  }

  Iterable<Path> files() {
    return files.keySet();
  }

  /** Makes the files anew, on a disk of their own. */
  void layOut() throws IOException {
    harness = new LogHarness(config);
    harness.disk.createDirectories(LogHarness.DIRECTORY);
    for (Map.Entry<Path, byte[]> file : files.entrySet()) {
      write(file.getKey(), file.getValue());
    }
  }

  /** Gives a file another content. */
  void write(Path path, byte[] content) throws IOException {
    try (DiskFile file = harness.disk.open(path, OpenMode.CREATE)) {
      file.truncate(0);
      file.write(ByteBuffer.wrap(content), 0);
    }
  }

  void flip(int batch, int byteInBatch, int mask) throws IOException {
    Path file = segment(batch);
    byte[] content = harness.content(file);
    content[written.get(batch).position() + byteInBatch] ^= (byte) mask;
    write(file, content);
  }

  /**
   * Opens the log, and reads every offset by itself and all of them in a row.
   *
   * @return the fate of each batch
   */
  List<Fate> open() throws LogException, IOException {
    harness.open();
    List<Fate> fates = look();
    readInARow();
    return fates;
  }

  /** The same after the process has ended, in order or not. */
  List<Fate> open(boolean cleanly) throws LogException, IOException {
    if (cleanly) {
      harness.manager.close();
    } else {
      harness.disk.kill();
    }
    return open();
  }

  private List<Fate> look() throws LogException, IOException {
    List<Fate> fates = new ArrayList<>();
    for (Written batch : written) {
      Fate fate = fate(batch, batch.base());
      for (long offset = batch.base() + 1; offset < batch.next(); offset++) {
        assertThat(fate(batch, offset)).as("offset " + offset).isEqualTo(fate);
      }
      fates.add(fate);
    }
    return fates;
  }

  private Fate fate(Written batch, long offset) throws LogException, IOException {
    if (offset >= harness.log.logEndOffset()) {
      return Fate.CUT;
    }
    try {
      ByteBuffer read = harness.read(offset, 1, true);
      byte[] expected = batch.bytes().clone();
      // Its epoch may have been damaged unnoticed, or mended: that harms neither content nor
      // offset.
      ByteBuffer.wrap(expected)
          .putInt(RecordBatch.PARTITION_LEADER_EPOCH, RecordBatch.partitionLeaderEpoch(read, 0));
      assertThat(Arrays.copyOf(read.array(), read.limit()))
          .as("batch of offset " + offset)
          .isEqualTo(expected);
      return Fate.SERVED;
    } catch (QuarantinedOffsetException e) {
      assertThat(e.nextOffset()).isGreaterThanOrEqualTo(batch.next());
      return Fate.QUARANTINED;
    }
  }

  /** A reader passes over nothing unless it is told. */
  private void readInARow() throws LogException, IOException {
    long next = harness.log.logStartOffset();
    while (next < harness.log.logEndOffset()) {
      try {
        ByteBuffer part = harness.read(next, 500, true);
        assertThat(part.remaining()).as("at " + next).isPositive();
        for (int at = 0; at < part.limit(); at += RecordBatch.sizeInBytes(part, at)) {
          assertThat(RecordBatch.baseOffset(part, at)).isLessThanOrEqualTo(next);
          next = RecordBatch.nextOffset(part, at);
        }
      } catch (QuarantinedOffsetException e) {
        assertThat(e.nextOffset()).isGreaterThan(next);
        next = e.nextOffset();
      }
    }
  }

  /** The names of the files with damaged bytes. */
  List<String> quarantined() throws IOException {
    List<String> names = new ArrayList<>();
    for (Path file : harness.disk.list(LogHarness.DIRECTORY)) {
      String name = LogFiles.name(file);
      if (name.endsWith(Quarantine.SUFFIX)) {
        names.add(name);
      }
    }
    return names;
  }
}
