package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.env.Environment;
import io.tailrace.testkit.DiskFault;
import io.tailrace.testkit.SeededRandomness;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LogManagerTest {
  private final LogHarness harness = new LogHarness(Map.of("segment.bytes", "1000"));

  private String text(String name) throws IOException {
    return new String(harness.content(LogHarness.ROOT.resolve(name)), StandardCharsets.UTF_8);
  }

  private void write(String name, String text) throws IOException {
    harness.disk.replace(LogHarness.ROOT.resolve(name), text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void writesKafkasFiles() throws Exception {
    harness.open();
    harness.append(Batches.of("a", "b", "c"));
    harness.log.setHighWatermark(3);
    harness.log.flush();
    harness.log.deleteRecordsBefore(1);
    harness.manager.create("my-topic.x-12", "id", LogConfig.DEFAULT);
    harness.manager.checkpoint();
    assertThat(text("recovery-point-offset-checkpoint"))
        .isEqualTo("0\n2\nmy-topic.x 12 0\ntopic 0 3\n");
    assertThat(text("log-start-offset-checkpoint")).isEqualTo("0\n2\nmy-topic.x 12 0\ntopic 0 1\n");
    assertThat(text("replication-offset-checkpoint"))
        .isEqualTo("0\n2\nmy-topic.x 12 0\ntopic 0 3\n");
    assertThat(text("topic-0/partition.metadata"))
        .isEqualTo("version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAQ");
    assertThat(text("topic-0/leader-epoch-checkpoint")).isEqualTo("0\n1\n3 0\n");
    harness.manager.close();
    assertThat(text(".kafka_cleanshutdown")).isEqualTo("{\"version\":0,\"brokerEpoch\":-1}");
    assertThat(text("topic-0/leader-epoch-checkpoint")).isEqualTo("0\n1\n3 1\n");
    harness.openManager();
    assertThat(harness.disk.exists(LogHarness.ROOT.resolve(".kafka_cleanshutdown"))).isFalse();
    assertThat(harness.manager.names()).containsExactlyInAnyOrder("my-topic.x-12", "topic-0");
    assertThat(harness.manager.topicId("topic-0")).isEqualTo("AAAAAAAAAAAAAAAAAAAAAQ");
  }

  @Test
  void saysWhatItStillRecovers() throws Exception {
    harness.open();
    harness.append(Batches.of("a"));
    harness.manager.create("gone-0", "id", LogConfig.DEFAULT);
    harness.disk.kill();
    QueuedExecutor recovery = new QueuedExecutor(false);
    LogManager manager =
        LogManager.open(
            new Environment(harness.clock, harness.disk, new SeededRandomness(1)),
            LogHarness.ROOT,
            LogManagerSettings.DEFAULT,
            recovery,
            new QueuedExecutor(true));
    assertThat(manager.isRecovering("topic-0")).isTrue();
    assertThat(manager.isRecovering("unheard-of-0")).isFalse();
    manager.delete("gone-0", 0);
    recovery.runAll();
    assertThat(manager.isRecovering("topic-0")).isFalse();
    assertThat(manager.log("topic-0", LogConfig.DEFAULT).logEndOffset()).isEqualTo(1);
    assertThat(manager.names()).containsExactly("topic-0");
  }

  @Test
  void holdsItsDirectoryAlone() throws Exception {
    harness.open();
    Environment environment = new Environment(harness.clock, harness.disk, new SeededRandomness(1));
    assertThatThrownBy(
            () -> LogManager.open(environment, LogHarness.ROOT, LogManagerSettings.DEFAULT))
        .isInstanceOf(DirectoryInUseException.class)
        .hasMessageContaining("/data/.lock");
    harness.manager.close();
    LogManager.open(environment, LogHarness.ROOT, LogManagerSettings.DEFAULT).close();
  }

  @Test
  void deletesByRenamingFirst() throws Exception {
    harness.open();
    harness.append(Batches.of("a"));
    StringBuilder renamed = new StringBuilder();
    harness.disk.setFaults((number, operation, path) -> {
      if (operation.equals("delete") && path.getParent().toString().startsWith("/data/t")) {
        renamed.append(path.getParent().getFileName()).append('\n');
      }
      return null;
    });
    harness.manager.delete(LogHarness.NAME, 1000);
    harness.manager.deleteFiles(0);
    assertThat(renamed).isEmpty();
    harness.manager.deleteFiles(TimeUnit.SECONDS.toNanos(1));
    assertThat(renamed.toString().lines().distinct().toList())
        .singleElement()
        .asString()
        .matches("topic-0\\.[0-9a-f]{32}-delete");
    assertThat(harness.disk.list(LogHarness.ROOT))
        .extracting(path -> path.getFileName().toString())
        .allMatch(name -> !name.startsWith("topic"));
    assertThatThrownBy(() -> harness.manager.log(LogHarness.NAME, LogConfig.DEFAULT))
        .isInstanceOf(NoSuchFileException.class);
    assertThat(harness.manager.create(LogHarness.NAME, "new", LogConfig.DEFAULT).logEndOffset())
        .isZero();
  }

  @Test
  void aNewLogOfADeletedOnesNameStartsAtZero() throws Exception {
    harness.open();
    harness.append(Batches.of("a", "b", "c"));
    harness.log.setHighWatermark(3);
    harness.log.deleteRecordsBefore(2);
    harness.manager.checkpoint();
    harness.manager.delete(LogHarness.NAME, 0);
    harness.log = harness.manager.create(LogHarness.NAME, "new", harness.config);
    harness.append(Batches.of("d", "e", "f", "g"));
    harness.killAndOpen();
    assertThat(harness.log.logStartOffset()).isZero();
    assertThat(harness.log.logEndOffset()).isEqualTo(4);
  }

  @Test
  void finishesDeletionsThatACrashHasCutShort() throws Exception {
    harness.open();
    harness.manager.close();
    Path half = LogHarness.ROOT.resolve("t-0.0123456789abcdef0123456789abcdef-delete");
    Path stray = LogHarness.ROOT.resolve("t-0.0123456789abcdef0123456789abcdef-stray");
    harness.disk.rename(LogHarness.DIRECTORY, half);
    harness.disk.createDirectories(stray);
    harness.openManager();
    harness.manager.deleteFiles(0);
    assertThat(harness.disk.exists(half)).isFalse();
    assertThat(harness.disk.exists(stray)).isTrue();
    assertThat(harness.manager.names()).isEmpty();
  }

  /** Its records would be the new log's otherwise. */
  @Test
  void aLogWhoseFolderCantBeRenamedIsGoneAllTheSame() throws Exception {
    harness.open();
    harness.append(Batches.of("old"));
    harness.disk.setFaults(
        (number, operation, path) -> operation.equals("rename") ? DiskFault.IO_ERROR : null);
    assertThatThrownBy(() -> harness.manager.delete(LogHarness.NAME, 0))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> harness.manager.create(LogHarness.NAME, "new", harness.config))
        .isInstanceOf(IOException.class);
    harness.disk.setFaults(null);
    harness.log = harness.manager.create(LogHarness.NAME, "new", harness.config);
    assertThat(harness.log.logEndOffset()).isZero();
    assertThat(harness.append(Batches.of("new")).baseOffset()).isZero();
  }

  /** Also while the old files wait for their end. */
  @Test
  void aNewLogMayHaveADeletedOnesNameAtOnce() throws Exception {
    harness.open();
    for (int i = 0; i < 3; i++) {
      harness.append(Batches.of("old " + i));
      harness.manager.delete(LogHarness.NAME, 60_000);
      harness.log = harness.manager.create(LogHarness.NAME, "id" + i, harness.config);
      assertThat(harness.log.logEndOffset()).isZero();
      harness.manager.deleteFiles(i);
    }
    AppendBatch kept = harness.append(Batches.of("new"));
    harness.manager.deleteFiles(TimeUnit.MINUTES.toNanos(2));
    assertThat(harness.disk.list(LogHarness.ROOT))
        .noneMatch(path -> path.toString().endsWith("-delete"));
    harness.killAndOpen();
    assertThat(harness.readAll(0)).hasSize(kept.sizeInBytes());
  }

  @Test
  void setsLogsAside() throws Exception {
    harness.open();
    harness.append(Batches.of("a"));
    String aside = harness.manager.setAside(LogHarness.NAME);
    assertThat(aside).matches("topic-0\\.[0-9a-f]{32}-stray");
    assertThat(harness.disk.exists(LogHarness.ROOT.resolve(aside))).isTrue();
    assertThat(harness.manager.names()).isEmpty();
  }

  @Test
  void aBrokenLogKeepsNobodyElseFromStarting() throws Exception {
    harness.open();
    harness.append(Batches.of("a"));
    harness.append(Batches.of("b"));
    harness.log.flush();
    harness.log = harness.manager.create("other-0", "id", harness.config);
    harness.append(Batches.of("fine"));
    harness.manager.checkpoint();
    harness.disk.kill();
    Path segment = LogHarness.DIRECTORY.resolve("00000000000000000000.log");
    harness.disk.delete(segment);
    harness.disk.createDirectories(segment);
    harness.openManager();
    assertThat(harness.manager.log("other-0", harness.config).logEndOffset()).isEqualTo(1);
    assertThatThrownBy(() -> harness.manager.log(LogHarness.NAME, harness.config))
        .isInstanceOf(LogOfflineException.class);
    harness.manager.close();
    harness.openManager();
    assertThatThrownBy(() -> harness.manager.log(LogHarness.NAME, harness.config))
        .as("the next start looks again")
        .isInstanceOf(LogOfflineException.class);
  }

  @Test
  void manyLogsShareFewOpenFiles() throws Exception {
    harness.openFiles = 5;
    harness.open();
    for (int i = 0; i < 40; i++) {
      harness.log = harness.manager.create("many-" + i, "id", harness.config);
      harness.append(Batches.of("a"));
    }
    assertThat(harness.disk.openFiles()).isLessThanOrEqualTo(5);
    for (int i = 0; i < 40; i++) {
      harness.log = harness.manager.log("many-" + i, harness.config);
      harness.append(Batches.of("b"));
      assertThat(harness.read(0, 1000, true).remaining()).isPositive();
    }
    assertThat(harness.disk.openFiles()).isLessThanOrEqualTo(5);
    harness.manager.tidy(0, 60_000);
    harness.manager.tidy(0, 60_000);
    assertThat(harness.disk.openFiles()).isZero();
    harness.manager.close();
    assertThat(harness.disk.openFiles()).isZero();
  }

  @Test
  void knowsWhoseDirectoryItIs() throws Exception {
    harness.openManager();
    assertThat(MetaProperties.read(harness.disk, LogHarness.ROOT)).isNull();
    MetaProperties made = new MetaProperties("c1", 7, "d1");
    made.write(harness.disk, LogHarness.ROOT);
    assertThat(MetaProperties.read(harness.disk, LogHarness.ROOT)).isEqualTo(made);
    assertThatThrownBy(() -> made.check(LogHarness.ROOT, "c2", 7))
        .hasMessageContaining("/data/meta.properties is of the cluster c1, not c2");
    assertThatThrownBy(() -> made.check(LogHarness.ROOT, null, 8))
        .hasMessageContaining("of the node 7, and node.id is 8");
    for (String broken :
        new String[] {
          "",
          "version=0\ncluster.id=c\nnode.id=1\ndirectory.id=d\n",
          "version=1\nnode.id=1\ndirectory.id=d\n",
          "version=1\ncluster.id=c\nnode.id=x\ndirectory.id=d\n",
          "version=1\ncluster.id=c\nnode.id=1\n",
          "version=1\ncluster.id=\\u00zz\n"
        }) {
      write(MetaProperties.FILE, broken);
      assertThatThrownBy(() -> MetaProperties.read(harness.disk, LogHarness.ROOT))
          .as(broken)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("meta.properties");
    }
    write(
        MetaProperties.FILE, "#comment\nversion = 1\ncluster.id:c\nnode.id=1\ndirectory.id=d\nx=y");
    assertThat(MetaProperties.read(harness.disk, LogHarness.ROOT))
        .isEqualTo(new MetaProperties("c", 1, "d"));
  }
}
