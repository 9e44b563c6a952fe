package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.testkit.SimDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OffsetCheckpointTest {
  private static final Path FOLDER = Path.of("/data");

  private final SimDisk disk = new SimDisk();
  private final Map<String, SavedOffsets> read = new HashMap<>();

  private void write(String file, String text) throws IOException {
    disk.createDirectories(FOLDER);
    disk.replace(FOLDER.resolve(file), text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theFilesFillEachTheirPart() throws IOException {
    write("recovery-point-offset-checkpoint", "0\n2\na-b.c 0 7\nx 12 9223372036854775807\n");
    write("log-start-offset-checkpoint", "0\n1\na-b.c 0 3\n");
    write("replication-offset-checkpoint", "0\n1\nx 12 5\n");
    write("cleaner-offset-checkpoint", "0\n1\na-b.c 0 2\n");
    for (OffsetCheckpoint file : OffsetCheckpoint.values()) {
      assertThat(file.read(disk, FOLDER, read)).isTrue();
    }
    assertThat(read.values())
        .containsExactlyInAnyOrder(
            new SavedOffsets("a-b.c-0", 7, 3, -1, 2),
            new SavedOffsets("x-12", Long.MAX_VALUE, -1, 5, -1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1\n1\na 0 7\n",
        "0\n2\na 0 7\n",
        "0\n1\na 0 7 8\n",
        "0\n1\na 0\n",
        "0\n1\na\n",
        "0\n1\n\n",
        "0\n1\na -1 7\n",
        "0\n1\na 0 -7\n",
        "0\n1\na x 7\n",
        "0\n1\na 0 \n",
        "0\n1\na 0 9223372036854775808\n",
        "0\n2\na 0 7\nb 0 x\n",
      })
  void ofADamagedFileNothingIsTaken(String text) throws IOException {
    write("recovery-point-offset-checkpoint", text);
    assertThat(OffsetCheckpoint.RECOVERY_POINTS.read(disk, FOLDER, read)).isFalse();
    assertThat(read).isEmpty();
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    disk.createDirectories(FOLDER);
    Map<String, SavedOffsets> saved =
        Map.of(
            "b-1",
            new SavedOffsets("b-1", 4, 5, 6, 7),
            "a-0",
            new SavedOffsets("a-0", 1, -1, 3, -1));
    for (OffsetCheckpoint file : OffsetCheckpoint.values()) {
      file.write(disk, FOLDER, saved);
      file.read(disk, FOLDER, read);
    }
    assertThat(read).isEqualTo(saved);
  }
}
