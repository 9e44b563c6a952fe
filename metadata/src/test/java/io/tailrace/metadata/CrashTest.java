package io.tailrace.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.tailrace.env.Environment;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.testkit.DiskFault;
import io.tailrace.testkit.SeededRandomness;
import io.tailrace.testkit.SimClock;
import io.tailrace.testkit.SimDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random admin operations, ended by the death of the process or of the machine at every single call
 * to the disk: what was answered is there afterwards, and of the rest each change wholly or not.
 */
class CrashTest {
  private static final Path DIRECTORY = Path.of("/data").toAbsolutePath();
  private static final int STEPS = 25;

  /** So that all runs make snapshots, and delete segments and snapshots. */
  private static final MetadataLogSettings SMALL = new MetadataLogSettings(4096, 700);

  private final SimDisk disk = new SimDisk();
  private final SimClock clock = new SimClock(1_700_000_000_000L);

  /** The states that the next start may find, the oldest first. */
  private List<AdminModel> possible = List.of(AdminModel.EMPTY);

  private enum Death {
    PROCESS,
    POWER
  }

  @Test
  void atEveryCallToTheDisk() throws Exception {
    campaign(1, new Random().nextLong());
  }

  @Test
  @Tag("campaign")
  void atEveryCallToTheDiskWithManySeeds() throws Exception {
    campaign(200, new Random().nextLong());
  }

  private void campaign(int seeds, long firstSeed) throws Exception {
    int shortened = 0;
    for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
      for (Death death : Death.values()) {
        boolean reached = true;
        for (long k = 1; reached; k++) {
          CrashTest run = new CrashTest();
          run.disk.createDirectories(DIRECTORY);
          run.disk.syncDirectory(DIRECTORY.getRoot());
          try {
            reached = run.dieAtCall(k, death, seed);
            shortened += run.hasShortLog() ? 1 : 0;
          } catch (AssertionError | Exception e) {
            fail("seed %d, %s at call %d".formatted(seed, death, k), e);
          }
        }
      }
    }
    assertThat(shortened).as("runs from seed %d that made snapshots", firstSeed).isPositive();
  }

  /** Whether records have gone, because two snapshots hold them. */
  private boolean hasShortLog() throws IOException {
    Path folder = DIRECTORY.resolve(MetadataLog.NAME);
    return !disk.exists(folder.resolve("00000000000000000000.log"));
  }

  /** Gives false if all was done before the k-th call. */
  private boolean dieAtCall(long k, Death death, long seed) throws Exception {
    Random random = new Random(seed);
    long failing = disk.calls() + k;
    DiskFault last = DiskFault.values()[random.nextInt(DiskFault.values().length)];
    disk.setFaults(
        (number, _, _) -> number < failing ? null : number == failing ? last : DiskFault.IO_ERROR);
    boolean survived = live(random);
    die(death, seed + k);

    // Dies again in recovery now and then, then must come up and take changes.
    long again = disk.calls() + 1 + random.nextInt(30);
    disk.setFaults((number, _, _) -> number < again ? null : DiskFault.IO_ERROR);
    live(random);
    die(death, seed - k);
    assertThat(live(random)).as("a healthy disk").isTrue();
    die(Death.PROCESS, 0);
    return !survived;
  }

  private void die(Death death, long seed) {
    if (death == Death.POWER) {
      disk.crash(seed);
    } else {
      disk.kill();
    }
  }

  /** Starts, checks what is there, changes things; gives false if the disk failed meanwhile. */
  private boolean live(Random random) throws Exception {
    Node node;
    try {
      node =
          Node.start(
              DIRECTORY,
              new Environment(clock, disk, new SeededRandomness(random.nextLong())),
              SMALL);
    } catch (Exception e) {
      if (isHealthy()) {
        throw e;
      }
      return false;
    }
    try {
      AdminModel found = AdminModel.of(node.controller.image());
      assertThat(possible).as("states that a start may find").contains(found);
      possible = List.of(found);
      checkImage(node.controller.image());
      return node.registerBroker() >= 0 && change(node, random);
    } finally {
      // The process does no more: not even close its files.
      disk.setFaults((_, _, _) -> DiskFault.IO_ERROR);
      node.abandon();
    }
  }

  private boolean isHealthy() {
    try {
      disk.exists(DIRECTORY);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Several operations at a time, so that they are written in groups. */
  private boolean change(Node node, Random random) {
    for (int done = 0; done < STEPS; ) {
      List<AdminModel.Step> steps = new ArrayList<>();
      AdminModel model = possible.getLast();
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        AdminModel.Step step = model.randomStep(random, node.controller);
        steps.add(step);
        model = step.after();
      }
      done += steps.size();
      if (!settle(steps)) {
        return false;
      }
    }
    return true;
  }

  private boolean settle(List<AdminModel.Step> steps) {
    for (int i = 0; i < steps.size(); i++) {
      ErrorCode code = steps.get(i).answer().join();
      if (code != ErrorCode.NONE) {
        assertThat(code).as(steps.get(i).what()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        List<AdminModel> states = new ArrayList<>(possible);
        for (AdminModel.Step step : steps.subList(i, steps.size())) {
          assertThat(step.answer().join()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
          states.add(step.after());
        }
        possible = states;
        return false;
      }
      possible = List.of(steps.get(i).after());
    }
    return true;
  }

  /** No change is half there, and an image written as records is the same image. */
  private static void checkImage(ClusterImage image) throws IOException {
    ClusterDelta rewritten = ClusterImage.empty(image.clusterId()).change();
    ImageWriter.write(image, rewritten::apply);
    rewritten.skipTo(image.nextOffset());
    assertThat(rewritten.build()).isEqualTo(image);
    for (TopicImage topic : image.topics()) {
      assertThat(topic.partitions()).isNotEmpty();
    }
  }
}
