package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.env.DiskFile;
import io.tailrace.testkit.SimDisk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SpareFileTest {
  private static final Path FOLDER = Path.of("/data");
  private static final Path FIRST = FOLDER.resolve("first.log");
  private static final Path SECOND = FOLDER.resolve("second.log");

  private final SimDisk disk = new SimDisk();
  private final SpareFile spare = new SpareFile(disk, FOLDER);
  private boolean during;

  /** It would be emptied when the segment already has records. */
  @Test
  void theFileThatIsBeingTakenIsNotTakenForTheNext() throws Exception {
    disk.createDirectories(FOLDER);
    spare.prepare(0);
    disk.setFaults((number, operation, path) -> {
      if (operation.equals("rename") && !during) {
        during = true;
        spare.prepare(0);
      }
      return null;
    });
    DiskFile first = spare.take(FIRST);
    assertThat(during).isTrue();
    first.write(new ByteBuffer[] {ByteBuffer.allocate(10)}, 1, 0);
    spare.prepare(0);
    DiskFile second = spare.take(SECOND);
    assertThat(second).isNotNull();
    assertThat(first.size()).isEqualTo(10);
    assertThat(second.size()).isZero();
  }
}
