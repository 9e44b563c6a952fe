package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.record.CompressionCodec;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.testkit.DiskFault;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A cleaning that ends at each of its disk calls: by a crash, or by one that fails. */
class CleaningFaultTest {
  private static final Map<String, String> SMALL =
      Map.of("segment.bytes", "600", "index.interval.bytes", "100");

  private static CompactedHarness filled() throws Exception {
    CompactedHarness harness = CompactedHarness.opened(SMALL);
    for (int i = 0; i < 30; i++) {
      RecordBatchBuilder batch =
          new RecordBatchBuilder()
              .producer(1, (short) 0, 3 * i)
              .codec(CompressionCodec.forId(i % 5));
      harness.append(batch, "a" + i % 3 + "=" + i);
      harness.append(batch, "b" + i % 7 + (i % 4 == 0 ? "" : "=" + i));
      harness.append(batch, "c" + i + "=" + i);
      harness.inner.append(batch.build());
    }
    harness.inner.log.flush();
    return harness;
  }

  /** All records that any newer one of its key in a closed segment makes old are gone. */
  private static List<String> cleaned() throws Exception {
    CompactedHarness harness = filled();
    harness.clean();
    return harness.texts();
  }

  @Test
  void theProcessDiesAtTheKthCall() throws Exception {
    crash(false);
  }

  @Test
  void thePowerFailsAtTheKthCall() throws Exception {
    crash(true);
  }

  private static void crash(boolean power) throws Exception {
    List<String> cleaned = cleaned();
    List<String> uncleaned = filled().texts();
    boolean reached = true;
    for (int k = 1; reached; k++) {
      for (int seed = 0; seed < (power ? 3 : 1); seed++) {
        CompactedHarness harness = filled();
        Map<Long, String> producers = harness.lastOfProducers();
        long first = harness.inner.disk.calls() + k;
        harness.inner.disk.setFaults(
            (number, operation, path) -> number >= first ? DiskFault.IO_ERROR : null);
        harness.clean();
        reached = harness.inner.disk.calls() >= first;
        if (power) {
          harness.inner.disk.crash(1000L * k + seed);
        }
        harness.inner.disk.kill();
        harness.inner.open();
        String what = "call " + k + ", seed " + seed;
        assertThat(harness.texts()).as(what).containsAll(cleaned);
        assertThat(uncleaned).as(what).containsAll(harness.texts());
        assertThat(harness.fileNames())
            .as(what)
            .noneMatch(name -> name.endsWith(".cleaned") || name.endsWith(".swap"));
        assertThat(harness.lastOfProducers()).as(what).isEqualTo(producers);
        harness.newCleaner();
        harness.clean();
        assertThat(harness.texts()).as(what).isEqualTo(cleaned);
        harness.inner.manager.close();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(DiskFault.class)
  void theKthCallFails(DiskFault fault) throws Exception {
    List<String> cleaned = cleaned();
    boolean reached = true;
    for (int k = 1; reached; k++) {
      CompactedHarness harness = filled();
      long before = harness.inner.disk.calls();
      harness.inner.disk.failCall(k, fault);
      harness.clean();
      reached = harness.inner.disk.calls() >= before + k;
      harness.inner.disk.setFaults(null);
      String what = fault + " at call " + k;
      assertThat(harness.texts()).as(what).containsAll(cleaned);
      if (harness.log().offlineReason() != null) {
        harness.inner.disk.kill();
        harness.inner.open();
        harness.newCleaner();
      }
      harness.inner.clock.advanceMs(60_000);
      harness.clean();
      assertThat(harness.texts()).as(what).isEqualTo(cleaned);
      assertThat(harness.cleaner.problems()).as(what).isEmpty();
      harness.inner.manager.close();
      harness.inner.open();
      assertThat(harness.texts()).as(what).isEqualTo(cleaned);
    }
  }
}
