package io.tailrace.log;

import io.tailrace.env.Environment;
import io.tailrace.record.EndTransactionMarker;
import io.tailrace.record.RecordBatch;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.record.RecordReader;
import io.tailrace.testkit.SeededRandomness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A compacted log on a simulated disk, and a cleaner without threads. */
final class CompactedHarness {
  /** One record as it is in the log. */
  record Entry(long offset, long timestamp, @Nullable String key, @Nullable String value) {
    @Override
    public String toString() {
      return offset + ":" + key + (value == null ? "" : "=" + value.replaceAll("x+$", ""));
    }
  }

  final LogHarness inner;
  CleanerSettings settings = CleanerSettings.DEFAULT;
  LogCleaner cleaner;

  CompactedHarness(Map<String, String> config) {
    Map<String, String> all = new HashMap<>(Map.of("cleanup.policy", "compact"));
    all.put("min.cleanable.dirty.ratio", "0");
    all.putAll(config);
    inner = new LogHarness(all);
    newCleaner();
  }

  static CompactedHarness opened(Map<String, String> config) throws LogException {
    CompactedHarness harness = new CompactedHarness(config);
    harness.inner.open();
    return harness;
  }

  /** As after a start. */
  void newCleaner() {
    cleaner =
        new LogCleaner(
            new Environment(inner.clock, inner.disk, new SeededRandomness(2)),
            settings,
            visitor -> visitor.log(inner.manager, LogHarness.NAME, this::open));
  }

  private PartitionLog open() throws LogException {
    try {
      inner.log = inner.manager.log(LogHarness.NAME, inner.config);
      return inner.log;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  PartitionLog log() {
    return inner.log;
  }

  /** Everything is committed, and what is due is cleaned; returns whether something was. */
  boolean clean() {
    inner.log.setHighWatermark(inner.log.logEndOffset());
    return cleanCommitted();
  }

  boolean cleanCommitted() {
    return cleaner.cleanDirtiest(
        inner.clock.wallMs(), TimeUnit.MILLISECONDS.toNanos(inner.clock.wallMs()));
  }

  /** A record without producer: {@code key=value}, {@code key} for a tombstone. */
  long append(String... records) throws LogException {
    RecordBatchBuilder builder = new RecordBatchBuilder();
    for (String record : records) {
      append(builder, record);
    }
    return inner.append(builder.build()).baseOffset();
  }

  void append(RecordBatchBuilder builder, String record) {
    int sign = record.indexOf('=');
    String key = sign < 0 ? record : record.substring(0, sign);
    String value = sign < 0 ? null : record.substring(sign + 1);
    builder.append(inner.clock.wallMs(), bytes(key), bytes(value));
  }

  static byte @Nullable [] bytes(@Nullable String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  static ByteBuffer marker(long producerId, int epoch, boolean commit, long timestamp) {
    EndTransactionMarker marker = new EndTransactionMarker(commit, 0);
    return new RecordBatchBuilder()
        .producer(producerId, (short) epoch, RecordBatch.NO_SEQUENCE)
        .transactional()
        .control()
        .append(timestamp, marker.key(), marker.value(), List.of())
        .build();
  }

  /** Closes the active segment, so that it can be cleaned. */
  void roll() throws LogException {
    inner.log.flush();
    LogState state = inner.log.state();
    LogSegment next =
        LogSegment.create(state.context.openFiles(), state.directory, inner.log.logEndOffset());
    state.segments.add(next);
  }

  /** All records of the log but control records. */
  List<Entry> entries() throws LogException, IOException {
    List<Entry> entries = new ArrayList<>();
    ByteBuffer all = ByteBuffer.wrap(inner.readAll(inner.log.logStartOffset()));
    for (int at = 0; at < all.limit(); at += RecordBatch.sizeInBytes(all, at)) {
      if (RecordBatch.computedCrc(all, at, RecordBatch.sizeInBytes(all, at))
          != RecordBatch.storedCrc(all, at)) {
        throw new AssertionError("CRC of the batch at " + RecordBatch.baseOffset(all, at));
      }
      if (!RecordBatch.isControl(all, at)) {
        addEntries(all, at, entries);
      }
    }
    return entries;
  }

  private void addEntries(ByteBuffer all, int at, List<Entry> to) {
    try (RecordReader records = RecordReader.open(all, at, 1 << 30)) {
      while (records.next()) {
        if (records.offset() >= inner.log.logStartOffset()) {
          to.add(
              new Entry(
                  records.offset(),
                  records.timestamp(),
                  text(records.key()),
                  text(records.value())));
        }
      }
    }
  }

  private static @Nullable String text(@Nullable ByteBuffer bytes) {
    return bytes == null ? null : StandardCharsets.UTF_8.decode(bytes).toString();
  }

  /** The same, as {@code offset:key=value}. */
  List<String> texts() throws LogException, IOException {
    return entries().stream().map(Entry::toString).toList();
  }

  /** The base offsets of all batches. */
  List<Long> batches() throws LogException, IOException {
    List<Long> offsets = new ArrayList<>();
    ByteBuffer all = ByteBuffer.wrap(inner.readAll(inner.log.logStartOffset()));
    for (int at = 0; at < all.limit(); at += RecordBatch.sizeInBytes(all, at)) {
      offsets.add(RecordBatch.baseOffset(all, at));
    }
    return offsets;
  }

  /** By producer: epoch, last sequence number and its offset. */
  Map<Long, String> lastOfProducers() {
    Map<Long, String> last = new TreeMap<>();
    for (ProducerState state : inner.log.state().producers.sorted()) {
      long offset = state.count == 0 ? -1 : state.lastOffset[state.count - 1];
      last.put(state.producerId, state.epoch + " " + state.lastSequence() + " @" + offset);
    }
    return last;
  }

  void deleteSnapshots() throws IOException {
    if (!inner.disk.exists(LogHarness.DIRECTORY)) {
      return; // It had not been synced.
    }
    for (Path file : inner.disk.list(LogHarness.DIRECTORY)) {
      if (file.toString().endsWith(LogFiles.SNAPSHOT)) {
        inner.disk.delete(file);
      }
    }
  }

  List<String> fileNames() throws IOException {
    return inner.disk.list(LogHarness.DIRECTORY).stream().map(LogFiles::name).toList();
  }
}
