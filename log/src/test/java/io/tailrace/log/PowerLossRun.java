package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.env.Environment;
import io.tailrace.testkit.DiskFault;
import io.tailrace.testkit.SeededRandomness;
import io.tailrace.testkit.SimClock;
import io.tailrace.testkit.SimDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A life of a data directory, fixed by its seed, with images of what a power loss would leave,
 * taken before each change to the disk. Of its logs one is flushed after each append, as {@code
 * flush.messages=1} has it, one is not, and one is deleted and made anew now and then. Each image
 * must open with all that was flushed, and behind that a beginning of what was appended.
 */
final class PowerLossRun {
  private static final int STEPS = 30;
  private static final int IMAGES_EACH = 3;
  private static final Set<String> CHANGES =
      Set.of("open", "write", "truncate", "sync", "rename", "delete", "syncDirectory");

  private final SplittableRandom random;
  private final SplittableRandom fates;
  private final SimDisk.Names names;
  private final LogConfig config;
  private final SimDisk disk = new SimDisk();
  private final SimClock clock = new SimClock(Batches.TIME);
  private final List<String> history = new ArrayList<>();
  private final TrackedLog[] logs = {
    new TrackedLog("flushed-0", 0, true),
    new TrackedLog("plain-0", 1, false),
    new TrackedLog("mayfly-0", 2, true)
  };
  private int lives = logs.length;
  private final List<String> deletedIds = new ArrayList<>();
  private QueuedExecutor background = new QueuedExecutor(true);
  private LogManager manager;
  private int images;

  PowerLossRun(long seed) {
    random = new SplittableRandom(seed);
    fates = random.split();
    names = random.nextBoolean() ? SimDisk.Names.JOURNALLED : SimDisk.Names.ANY;
    String segmentBytes = List.of("600", "5000", "30000").get(random.nextInt(3));
    config = LogConfig.of(Map.of("segment.bytes", segmentBytes, "index.interval.bytes", "300"));
    history.add("names " + names + ", segments of " + segmentBytes);
  }

  int images() {
    return images;
  }

  List<String> history() {
    return history;
  }

  void run() throws Exception {
    open();
    for (int i = 0; i < STEPS; i++) {
      step();
    }
    close();
    check(disk.afterPowerLoss(fates.nextLong(), names));
  }

  private void open() throws LogException, IOException {
    disk.setFaults(this::beforeCall);
    background = new QueuedExecutor(random.nextBoolean());
    manager = manager(disk, new QueuedExecutor(random.nextBoolean()), background);
    for (TrackedLog log : logs) {
      log.open(manager, config);
    }
  }

  private LogManager manager(SimDisk on) throws IOException {
    return manager(on, new QueuedExecutor(true), new QueuedExecutor(true));
  }

  private LogManager manager(SimDisk on, QueuedExecutor recovery, QueuedExecutor executor)
      throws IOException {
    return LogManager.open(
        new Environment(clock, on, new SeededRandomness(fates.nextLong())),
        LogHarness.ROOT,
        new LogManagerSettings(1, 3).saveProgressAfter(300),
        recovery,
        executor);
  }

  private void step() throws LogException, IOException {
    clock.advanceMs(random.nextInt(1000));
    TrackedLog log = logs[random.nextInt(logs.length)];
    int choice = random.nextInt(20);
    history.add(choice + " " + log);
    switch (choice) {
      case 0 -> log.flush();
      case 1 -> log.truncate(random);
      case 2 -> log.deleteRecords(random);
      case 3, 4 -> manager.checkpoint();
      case 5 -> background.runAll();
      case 6 -> {
        close();
        open();
      }
      case 7 -> {
        disk.kill();
        open();
      }
      case 8 -> beginAnew();
      default -> log.append(random, clock.wallMs());
    }
  }

  private void close() throws IOException {
    manager.close();
  }

  private void beginAnew() throws LogException, IOException {
    TrackedLog old = logs[2];
    old.delete(manager);
    deletedIds.add(old.topicId);
    logs[2] = new TrackedLog(old.name, lives++, true);
    logs[2].open(manager, config);
  }

  /** In the middle of an operation, of which the model does not know yet what comes of it. */
  private @Nullable DiskFault beforeCall(long number, String operation, Path path) {
    for (int i = 0; CHANGES.contains(operation) && i < IMAGES_EACH; i++) {
      long fate = fates.nextLong();
      try {
        check(disk.afterPowerLoss(fate, names));
      } catch (LogException | IOException | RuntimeException | AssertionError e) {
        throw new AssertionError(
            "power lost before %s of %s, fate %d".formatted(operation, path, fate), e);
      }
    }
    return null;
  }

  private void check(SimDisk image) throws LogException, IOException {
    images++;
    LogManager opened = manager(image);
    long[] ends = new long[logs.length];
    for (int i = 0; i < logs.length; i++) {
      assertThat(deletedIds).as("deleted for good").doesNotContain(topicId(opened, logs[i].name));
      ends[i] = logs[i].check(opened, config, 0, isAnyOrder());
    }
    if (fates.nextInt(4) == 0) {
      checkThatItGoesOn(image.afterPowerLoss(fates.nextLong(), names), ends);
    }
  }

  private boolean isAnyOrder() {
    return names == SimDisk.Names.ANY;
  }

  private static String topicId(LogManager manager, String log) throws IOException {
    String id = manager.names().contains(log) ? manager.topicId(log) : null;
    return id == null ? "unknown" : id;
  }

  /** Another power loss, right after the start: it has taken nothing away, and appends go on. */
  private void checkThatItGoesOn(SimDisk image, long[] ends) throws LogException, IOException {
    LogManager opened = manager(image);
    for (int i = 0; i < logs.length; i++) {
      ends[i] = logs[i].check(opened, config, ends[i], isAnyOrder());
      logs[i].checkAppend(opened, config, ends[i]);
    }
    opened.close();
    opened = manager(image);
    for (int i = 0; i < logs.length; i++) {
      PartitionLog log = opened.log(logs[i].name, config);
      assertThat(log.logEndOffset()).isEqualTo(ends[i] + 1);
      assertThat(log.flushedOffset()).isEqualTo(ends[i] + 1);
    }
  }
}
