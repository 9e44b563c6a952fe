package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.log.DamagedLog.Written;
import io.tailrace.record.CompressionCodec;
import io.tailrace.record.RecordBatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A log cut at every byte of its last three batches, in each codec, by producers of each kind: what
 * is left is whole batches, and everything kept beside them is what it is in a log that never got
 * more.
 */
class TornTailTest {
  private static final int BATCHES = 6;
  private static final int CUT = 3;

  enum Kind {
    PLAIN,
    IDEMPOTENT,
    TRANSACTIONAL
  }

  private static ByteBuffer batch(CompressionCodec codec, Kind kind, int number) {
    RecordBatchBuilder builder = new RecordBatchBuilder().codec(codec);
    if (kind != Kind.PLAIN) {
      builder.producer(5, (short) 1, 2 * number);
    }
    if (kind == Kind.TRANSACTIONAL) {
      builder.transactional();
    }
    // The first is large enough that the next one has an entry in the index.
    byte[] value = new byte[number == 0 && codec == CompressionCodec.NONE ? 5000 : 20];
    for (int i = 0; i < 2; i++) {
      builder.append(Batches.TIME + number, new byte[] {(byte) i}, value);
    }
    return builder.build();
  }

  private static LogHarness log(CompressionCodec codec, Kind kind, int batches) throws Exception {
    LogHarness harness = LogHarness.opened(Map.of());
    for (int i = 0; i < batches; i++) {
      harness.append(batch(codec, kind, i));
    }
    return harness;
  }

  /** All files of a log that is closed now, by their names. */
  private static Map<String, String> closed(LogHarness harness) throws IOException {
    harness.log.setHighWatermark(harness.log.logEndOffset());
    harness.manager.close();
    Map<String, String> files = new TreeMap<>();
    for (Path directory : new Path[] {LogHarness.ROOT, LogHarness.DIRECTORY}) {
      for (Path file : harness.disk.list(directory)) {
        if (!harness.disk.isDirectory(file)) {
          files.put(LogFiles.name(file), Arrays.toString(harness.content(file)));
        }
      }
    }
    return files;
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void atEveryByte(Kind kind) throws Exception {
    for (CompressionCodec codec : CompressionCodec.values()) {
      DamagedLog log = DamagedLog.of(log(codec, kind, BATCHES), Map.of());
      Path segment = log.segment(0);
      byte[] whole = log.content(segment);
      for (int left = BATCHES - CUT; left <= BATCHES; left++) {
        int from = log.written.get(left - 1).end();
        int to = left == BATCHES ? from + 1 : log.written.get(left).end();
        LogHarness never = log(codec, kind, left);
        String producers = never.producers();
        Map<String, String> expected = closed(never);
        for (int length = from; length < to; length++) {
          String what = "%s, cut at %d of %d".formatted(codec, length, whole.length);
          log.layOut();
          log.write(segment, Arrays.copyOf(whole, length));
          log.harness.open();
          Written last = log.written.get(left - 1);
          assertThat(log.harness.log.logEndOffset()).as(what).isEqualTo(last.next());
          assertThat(log.harness.producers()).as(what).isEqualTo(producers);
          assertThat(log.quarantined()).as(what).isEmpty();
          assertThat(closed(log.harness)).as(what).isEqualTo(expected);
        }
      }
    }
  }
}
