package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.env.DiskFile;
import io.tailrace.testkit.SimDisk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The file of the next segment, between the thread that makes it and the one that takes it. */
class SpareFileTest {
  private static final Path DIRECTORY = Path.of("/data/topic-0");

  /** Made empty under its old name, it would lose the records that are in it by then. */
  @Test
  void isNotMadeAnewWhileItIsRenamed() throws Exception {
    SimDisk disk = new SimDisk();
    disk.createDirectories(DIRECTORY);
    SpareFile spare = new SpareFile(disk, DIRECTORY);
    spare.prepare(0);
    List<String> meanwhile = new ArrayList<>();
    disk.setFaults((number, operation, path) -> {
      if (operation.equals("rename")) {
        spare.prepare(0);
      } else {
        meanwhile.add(operation);
      }
      return null;
    });
    Path segment = LogFiles.file(DIRECTORY, 0, LogFiles.LOG);
    DiskFile taken = Objects.requireNonNull(spare.take(segment));
    assertThat(meanwhile).isEmpty();
    disk.setFaults(null);
    taken.write(ByteBuffer.allocate(10), 0);
    spare.prepare(0);
    assertThat(disk.size(segment)).isEqualTo(10);
    assertThat(disk.exists(DIRECTORY.resolve(SpareFile.NAME))).as("one for the next").isTrue();
  }
}
