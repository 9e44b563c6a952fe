package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.env.Environment;
import io.tailrace.record.RecordBatch;
import io.tailrace.testkit.ColdDisk;
import io.tailrace.testkit.SeededRandomness;
import io.tailrace.testkit.SimClock;
import io.tailrace.testkit.SimDisk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Readers of a log of which parts are cached, hand in hand with the threads that warm for them. */
class SegmentPagesTest {
  private static final int MB = 1 << 20;
  private static final Path FILE = LogFiles.file(LogHarness.DIRECTORY, 0, LogFiles.LOG);
  private static final BooleanSupplier WANTED = () -> true;

  private final SimDisk memory = new SimDisk();
  private ColdDisk disk = new ColdDisk(memory, "nobody", true);
  private LogConfig config = LogConfig.DEFAULT;
  private LogManager manager;
  private PartitionLog log;

  private void open() throws Exception {
    manager =
        LogManager.open(
            new Environment(new SimClock(Batches.TIME), disk, new SeededRandomness(1)),
            LogHarness.ROOT,
            new LogManagerSettings(1, 512));
    log = manager.create(LogHarness.NAME, "AAAAAAAAAAAAAAAAAAAAAQ", config);
  }

  private void fill(int bytes, Random random) throws Exception {
    open();
    int filled = 0;
    while (filled < bytes) {
      ByteBuffer batch = Batches.ofSize(1 + random.nextInt(100_000));
      filled += batch.remaining();
      AppendBatch[] one = {new AppendBatch().set(batch, 0, batch.limit())};
      log.append(one, 1, LogHarness.EPOCH, Batches.TIME);
    }
  }

  @AfterEach
  void nothingLeaks() throws Exception {
    manager.close();
    assertThat(disk.faults()).isEmpty();
    assertThat(disk.openFiles()).isZero();
  }

  /** Tells how a connection reads, on one thread. */
  private final class Reader {
    long offset;
    int coldWindows;

    /** Position behind what was read. */
    void fetch(int maxBytes) throws Exception {
      LogSlice slice = log.read(offset, maxBytes, true, log.logEndOffset());
      ByteBuffer bytes = ByteBuffer.allocate(slice.sizeInBytes());
      for (int sent = 0; sent < slice.sizeInBytes(); ) {
        int length = Math.min(MB, slice.sizeInBytes() - sent);
        if (!slice.isCached(sent, length)) {
          coldWindows++;
          slice.warming(sent, length, WANTED).run();
          assertThat(slice.isCached(sent, length)).isTrue();
        }
        Runnable work = slice.scanWork(sent, length, WANTED);
        assertThat(slice.readIfCached(bytes.limit(sent + length), sent)).isTrue();
        sent += length;
        if (work != null) {
          work.run();
        }
      }
      slice.release();
      for (int at = 0; at < bytes.position(); at += RecordBatch.sizeInBytes(bytes, at)) {
        offset = RecordBatch.nextOffset(bytes, at);
      }
    }

    boolean isAtEnd() {
      return offset == log.logEndOffset();
    }
  }

  @Test
  void theTailIsKnownToBeCached() throws Exception {
    disk = new ColdDisk(memory, "nobody", false);
    fill(3 * MB, new Random(1));
    assertThat(isCached(log.logEndOffset() - 1)).isTrue();
    assertThat(isCached(0)).isFalse();
    log.unloadIdle();
    assertThat(isCached(log.logEndOffset() - 1)).isTrue();
    log.unloadIdle();
    assertThat(isCached(log.logEndOffset() - 1)).isFalse();
    manager.close();
    open();
    assertThat(isCached(log.logEndOffset() - 1)).isFalse();
  }

  private boolean isCached(long offset) throws LogException {
    LogSlice slice = log.read(offset, 1, true, log.logEndOffset());
    try {
      return slice.isCached(0, slice.sizeInBytes());
    } finally {
      slice.release();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {20_000, MB, 3 * MB})
  void aScanReadsAheadAndTakesNoMoreRoomThanItNeeds(int fetchBytes) throws Exception {
    fill(40 * MB, new Random(2));
    log.unloadIdle();
    log.unloadIdle();
    disk.evict(".log");
    long most = 0;
    Reader reader = new Reader();
    while (!reader.isAtEnd()) {
      reader.fetch(fetchBytes);
      most = Math.max(most, disk.warmedBytes(FILE));
    }
    assertThat(reader.coldWindows).as("fetches that had to wait").isLessThan(5);
    assertThat(most).isLessThan(WarmedPages.STEP + WarmedPages.LAG + 7L * MB);
    assertThat(disk.warmedBytes(FILE)).as("left behind").isLessThan((long) MB);
  }

  @Test
  void whatIsReadOverAndOverIsReadFromTheDiskTwice() throws Exception {
    fill(40 * MB, new Random(7));
    log.unloadIdle();
    log.unloadIdle();
    for (int round = 0; round < 2; round++) {
      disk.evict(".log");
      readAll();
      assertThat(disk.warmedBytes(FILE)).as("after a scan").isLessThan((long) MB);
      log.unloadIdle();
      Reader second = readAll();
      assertThat(second.coldWindows).as("read ahead, too").isLessThan(5);
      assertThat(disk.warmedBytes(FILE)).as("after another").isGreaterThan(38L * MB);
      assertThat(readAll().coldWindows).isZero();
    }
    assertThat(disk.faults()).isEmpty();
  }

  private Reader readAll() throws Exception {
    Reader reader = new Reader();
    while (!reader.isAtEnd()) {
      reader.fetch(MB);
    }
    return reader;
  }

  @Test
  void aReaderCloseBehindAnotherFindsWhatThatOneHasWarmed() throws Exception {
    fill(40 * MB, new Random(3));
    disk.evict(".log");
    Reader first = new Reader();
    Reader second = new Reader();
    while (!second.isAtEnd()) {
      for (int i = 0; i < 7 && second.offset == 0; i++) {
        first.fetch(MB);
      }
      if (!first.isAtEnd()) {
        first.fetch(MB);
      }
      second.fetch(MB);
    }
    assertThat(second.coldWindows).isZero();
    assertThat(disk.warmedBytes(FILE)).isLessThan(26L * MB);
  }

  @Test
  void whatTwoReadAtTheSameTimeIsStillKnownToBeOurs() throws Exception {
    fill(14 * MB, new Random(4));
    log.unloadIdle();
    log.unloadIdle();
    disk.evict(".log");
    disk.hold();
    LogSlice slice = log.read(0, 2 * MB, true, log.logEndOffset());
    List<Thread> threads = new ArrayList<>();
    for (int from : new int[] {0, MB / 2}) {
      threads.add(Thread.ofPlatform().start(slice.warming(from, MB, WANTED)));
      disk.awaitWaiting(threads.size());
    }
    disk.release();
    for (Thread thread : threads) {
      thread.join();
    }
    slice.release();
    Reader reader = new Reader();
    while (!reader.isAtEnd()) {
      reader.fetch(MB);
    }
    assertThat(disk.warmedBytes(FILE)).isLessThan(700_000L);
  }

  @Test
  void neverDropsWhatOthersHaveCached() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    fill(24 * MB, random);
    for (int i = 0; i < 40; i++) {
      disk.evict(FILE, random.nextInt(24 * MB), 1 + random.nextInt(2 * MB));
    }
    List<Reader> readers = new ArrayList<>(List.of(new Reader(), new Reader(), new Reader()));
    for (int i = 0; i < 300; i++) {
      Reader reader = readers.get(random.nextInt(readers.size()));
      if (reader.isAtEnd() || random.nextInt(50) == 0) {
        reader.offset = random.nextLong(log.logEndOffset());
      }
      reader.fetch(1 + random.nextInt(2 * MB));
    }
    assertThat(disk.faults()).as("seed %d", seed).isEmpty();
  }

  @Test
  void whereNothingTellsWhatIsCachedARegionIsWarmedOnceInAWhile() throws Exception {
    disk = new ColdDisk(memory, "nobody", false);
    fill(12 * MB, new Random(5));
    Reader first = new Reader();
    while (!first.isAtEnd()) {
      first.fetch(MB);
    }
    assertThat(first.coldWindows).isBetween(1, 3);
    Reader second = new Reader();
    while (!second.isAtEnd()) {
      second.fetch(MB);
    }
    assertThat(second.coldWindows).isZero();
    log.unloadIdle();
    new Reader().fetch(MB);
    assertThat(isCached(0)).isTrue();
    log.unloadIdle();
    assertThat(isCached(0)).isFalse();
  }

  @Test
  void aTaskHoldsTheFileAndDoesNothingOnceItIsNotWanted() throws Exception {
    fill(2 * MB, new Random(6));
    disk.evict(".log");
    LogSlice slice = log.read(0, MB, true, log.logEndOffset());
    Runnable needless = slice.warming(0, slice.sizeInBytes(), () -> false);
    Runnable needed = slice.warming(0, slice.sizeInBytes(), WANTED);
    slice.release();
    manager.delete(LogHarness.NAME, 0);
    assertThat(disk.openFiles()).as("held").isPositive();
    needless.run();
    assertThat(disk.warmedBytes(FILE)).isZero();
    needed.run();
    assertThat(disk.warmedBytes(FILE)).isGreaterThan(MB / 2);
    assertThat(disk.openFiles()).isZero();
  }

  @Test
  void lookupsSayWhenTheyWouldWait() throws Exception {
    fill(8 * MB, new Random(7));
    long middle = log.logEndOffset() / 2;
    manager.close();
    open();
    log.read(middle, MB, true, log.logEndOffset() - 1).release();
    assertThat(wouldWait(middle)).as("the index is in memory, the batches are cached").isFalse();
    disk.evict(".log");
    assertThat(wouldWait(middle)).isTrue();
    log.read(middle, MB, true, log.logEndOffset() - 1).release();
    assertThat(wouldWait(middle)).isFalse();
  }

  @Test
  void lookupsDoNotLoadAnIndex() throws Exception {
    config = LogConfig.of(Map.of("segment.bytes", "1048576"));
    fill(4 * MB, new Random(8));
    assertThat(wouldWait(3)).isFalse();
    manager.close();
    open();
    assertThat(wouldWait(3)).as("the index is in its file").isTrue();
    log.read(3, MB, true, log.logEndOffset() - 1).release();
    assertThat(wouldWait(3)).isFalse();
  }

  private boolean wouldWait(long offset) throws LogException {
    LogSlice slice = log.readIfCached(offset, MB, true, log.logEndOffset() - 1);
    if (slice == null) {
      return true;
    }
    slice.release();
    return false;
  }
}
