package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.tailrace.env.Environment;
import io.tailrace.testkit.DiskFault;
import io.tailrace.testkit.SeededRandomness;
import io.tailrace.testkit.SimClock;
import io.tailrace.testkit.SimDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several data directories, on a disk each: here one disk, on which a directory's calls fail. */
class DataDirectoriesTest {
  private static final Path A = Path.of("/a").toAbsolutePath();
  private static final Path B = Path.of("/b").toAbsolutePath();
  private static final Path C = Path.of("/c").toAbsolutePath();
  private static final String ID = "AAAAAAAAAAAAAAAAAAAAAg";
  private static final Logger LOGGER = Logger.getLogger("io.tailrace.log");

  static {
    LOGGER.setLevel(Level.OFF);
  }

  private final SimDisk disk = new SimDisk();
  private final List<String> losses = new ArrayList<>();
  private int nextId;
  private DataDirectories directories;

  private DataDirectories open(Path... paths) throws IOException {
    return openWith(paths[0], 1, paths);
  }

  private DataDirectories openWith(Path metadata, int node, Path... paths) throws IOException {
    Environment environment = new Environment(new SimClock(1), disk, new SeededRandomness(1));
    directories =
        DataDirectories.open(
            environment,
            LogManagerSettings.DEFAULT,
            List.of(paths),
            metadata,
            node,
            () -> "id-" + nextId++);
    directories.onLoss(losses::add);
    try {
      directories.metadata().create("__cluster_metadata-0", ID, LogConfig.DEFAULT);
    } catch (LogException e) {
      throw new IOException(e);
    }
    return directories;
  }

  private DataDirectories reopen(Path... paths) throws IOException {
    directories.close();
    return open(paths);
  }

  @AfterEach
  void close() {
    disk.setFaults(null);
    if (directories != null) {
      directories.close();
    }
  }

  private PartitionLog log(String name) throws LogException {
    return directories.create(name, ID, LogConfig.DEFAULT, true);
  }

  private static void append(PartitionLog log, String value) throws LogException {
    var bytes = Batches.of(value);
    AppendBatch batch = new AppendBatch().set(bytes, 0, bytes.limit());
    log.append(new AppendBatch[] {batch}, 1, 0, 1);
    assertThat(batch.outcome()).isEqualTo(AppendOutcome.APPENDED);
  }

  private void breakDisk(Path folder, DiskFault fault) {
    disk.setFaults((number, operation, path) -> path.startsWith(folder) ? fault : null);
  }

  private Path folderOf(String name) {
    DataDirectory found = directories.find(name);
    return found == null ? null : found.path();
  }

  @Test
  void aNewLogGoesWhereTheFewestAre() throws Exception {
    open(A, B);
    for (int i = 0; i < 6; i++) {
      log("t-" + i);
    }
    assertThat(List.of(folderOf("t-0"), folderOf("t-1"), folderOf("t-2"), folderOf("t-3")))
        .containsExactly(A, B, A, B);
    directories.delete("t-0", 0);
    directories.delete("t-2", 0);
    reopen(A, B, C);
    assertThat(log("t-3").logEndOffset()).isZero();
    assertThat(folderOf("t-3")).as("a log stays").isEqualTo(B);
    log("u-0");
    log("u-1");
    assertThat(folderOf("u-0")).isEqualTo(C);
    assertThat(folderOf("u-1")).as("the metadata log does not count").isEqualTo(A);
  }

  @Test
  void eachHasItsOwnIdAndAllTheClusters() throws Exception {
    open(A, B);
    assertThat(directories.ids()).hasSize(2).doesNotHaveDuplicates();
    String cluster = directories.clusterId();
    List<String> ids = directories.ids();
    reopen(B, A, C);
    assertThat(directories.clusterId()).isEqualTo(cluster);
    assertThat(directories.ids()).startsWith(ids.get(1), ids.get(0)).hasSize(3);
  }

  @Test
  void oneThatFailsGoesOfflineAlone() throws Exception {
    open(A, B, C);
    append(log("a-0"), "x");
    append(log("b-0"), "x");
    breakDisk(B, DiskFault.IO_ERROR);
    directories.checkpoint();
    assertThat(directories.directories())
        .extracting(DataDirectory::isOnline)
        .containsExactly(true, false, true);
    assertThatThrownBy(() -> append(log("b-0"), "y"))
        .isInstanceOf(LogOfflineException.class)
        .hasMessageContaining("/b is offline")
        .hasMessageContaining("checkpoint");
    append(log("a-0"), "y");
    log("c-0");
    log("c-1");
    log("c-2");
    assertThat(folderOf("c-1")).isNotEqualTo(B);
    assertThat(losses).isEmpty();
    disk.setFaults(null);
    assertThat(log("b-0").read(0, 1000, true, 1).sizeInBytes()).as("reads go on").isPositive();
    assertThatThrownBy(() -> append(log("b-0"), "y")).isInstanceOf(LogOfflineException.class);
    reopen(A, B, C);
    append(log("b-0"), "y");
    assertThat(log("b-0").logEndOffset()).isEqualTo(2);
  }

  @Test
  void theMetadatasDirectoryAndTheLastOneAreALoss() throws Exception {
    openWith(C, 1, A, B);
    breakDisk(A, DiskFault.IO_ERROR);
    directories.checkpoint();
    append(log("t-0"), "x");
    directories.checkpoint();
    assertThat(losses).isEmpty();
    breakDisk(B, DiskFault.IO_ERROR);
    assertThatThrownBy(() -> log("t-1"))
        .isInstanceOf(LogOfflineException.class)
        .hasMessageContaining("/b");
    assertThat(losses).hasSize(1);
    assertThat(losses.get(0)).contains("/b", "Input/output error");
  }

  @Test
  void aFullDiskTakesNothingOffline() throws Exception {
    open(A, B);
    append(log("t-0"), "x");
    breakDisk(A, DiskFault.NO_SPACE);
    directories.checkpoint();
    assertThatThrownBy(() -> append(log("t-0"), "y")).isInstanceOf(DiskFullException.class);
    log("t-1");
    assertThatThrownBy(() -> log("t-2"))
        .isInstanceOf(DiskFullException.class)
        .hasMessageContaining("/a");
    disk.setFaults(null);
    directories.checkpoint();
    append(log("t-0"), "y");
    append(log("t-2"), "x");
    assertThat(directories.allOnline()).isTrue();
    assertThat(losses).isEmpty();
  }

  @Test
  void oneThatCantBeOpenedIsOfflineAndItsLogsAreNotMadeAnew() throws Exception {
    open(A, B);
    append(log("a-0"), "x");
    append(log("b-0"), "x");
    directories.close();
    breakDisk(B, DiskFault.IO_ERROR);
    open(A, B);
    assertThat(directories.unreadable()).isEqualTo(1);
    append(log("a-0"), "y");
    assertThatThrownBy(() -> log("b-0"))
        .isInstanceOf(LogOfflineException.class)
        .hasMessageContaining("b-0 may be in a data folder that is offline");
    directories.create("new-0", ID, LogConfig.DEFAULT, false);
    assertThat(folderOf("new-0")).isEqualTo(A);
    disk.setFaults(null);
    reopen(A, B);
    assertThat(log("b-0").logEndOffset()).isEqualTo(1);
  }

  @Test
  void withoutTheMetadatasOrTheOnlyOneThereIsNoStart() throws Exception {
    open(A, B);
    directories.close();
    breakDisk(A, DiskFault.IO_ERROR);
    assertThatThrownBy(() -> open(A, B))
        .isInstanceOf(DataDirectoryException.class)
        .hasMessageContaining("/a");
    assertThatThrownBy(() -> open(A)).isInstanceOf(DataDirectoryException.class);
    assertThatThrownBy(() -> openWith(C, 1, A)).isInstanceOf(DataDirectoryException.class);
    disk.setFaults(null);
    open(A, B);
  }

  @Test
  void whatIsNotThisBrokersIsRefused() throws Exception {
    openWith(C, 2, C);
    directories.close();
    open(A, B);
    directories.close();
    assertThatThrownBy(() -> open(A, C))
        .hasMessageContaining("/c/meta.properties is of the node 2");
    MetaProperties ofA = MetaProperties.read(disk, A);
    new MetaProperties("another", 1, "x").write(disk, C);
    assertThatThrownBy(() -> open(A, C)).hasMessageContaining("is of the cluster another, not");
    new MetaProperties(ofA.clusterId(), 1, ofA.directoryId()).write(disk, C);
    assertThatThrownBy(() -> open(A, C)).hasMessageContaining("one is a copy of the other");
    disk.delete(C.resolve(MetaProperties.FILE));
    disk.createDirectories(C.resolve("t-0"));
    assertThatThrownBy(() -> open(A, C)).hasMessageContaining("holds logs but no meta.properties");
    open(A, B);
  }

  @Test
  void theSameLogInTwoDirectoriesIsRefused() throws Exception {
    open(A, B);
    log("t-0");
    log("t-1");
    directories.checkEachInOne();
    directories.close();
    disk.createDirectories(B.resolve("t-0"));
    open(A, B);
    assertThatThrownBy(() -> directories.checkEachInOne())
        .hasMessageContaining("t-0 is in two data folders, /a and /b");
  }

  @Test
  void whateverCallFailsInOneTheOthersGoOn() throws Exception {
    boolean reached = true;
    for (int k = 1; reached; k++) {
      DataDirectoriesTest run = new DataDirectoriesTest();
      try {
        reached = run.failFrom(k);
      } catch (AssertionError | Exception e) {
        fail("from call " + k + " on", e);
      } finally {
        run.close();
      }
    }
  }

  private boolean failFrom(int k) throws Exception {
    open(A, B);
    append(log("a-0"), "x");
    append(log("b-0"), "x");
    int[] calls = {0};
    disk.setFaults((number, operation, path) ->
        path.startsWith(B) && ++calls[0] >= k ? DiskFault.IO_ERROR : null);
    for (int i = 1; i < 5; i++) {
      quietly(log("b-0"), i);
      log("a-0").flush();
      append(log("a-0"), "y");
      directories.checkpoint();
      directories.tidy(1, 1);
      directories.delete("a-0", 0);
      append(directories.create("a-0", ID, LogConfig.DEFAULT, false), "z");
    }
    directories.close();
    disk.setFaults(null);
    open(A, B);
    assertThat(log("a-0").logEndOffset()).isEqualTo(1);
    assertThat(log("b-0").logEndOffset()).isPositive();
    assertThat(losses).isEmpty();
    return calls[0] >= k;
  }

  private static void quietly(PartitionLog log, int i) {
    try {
      append(log, "value " + i);
      log.flush();
    } catch (LogException e) {
      assertThat(e.getMessage()).contains("b");
    }
  }
}
