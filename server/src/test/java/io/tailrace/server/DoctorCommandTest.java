package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.broker.Broker;
import io.tailrace.env.Disk;
import io.tailrace.env.Environment;
import io.tailrace.log.AppendBatch;
import io.tailrace.log.LogConfig;
import io.tailrace.log.LogManager;
import io.tailrace.log.LogManagerSettings;
import io.tailrace.log.MetaProperties;
import io.tailrace.log.PartitionLog;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.server.doctor.DoctorCommand;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tailrace doctor} as a user meets it; and once as a process of its own. */
class DoctorCommandTest {
  @TempDir private Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Path segment;
  private String answer = "";
  private boolean terminal;

  @BeforeEach
  void fill() throws Exception {
    Broker.builder().dataDirectory(folder).port(0).start().close();
    Environment environment = Environment.system();
    try (LogManager logs = LogManager.open(environment, folder, LogManagerSettings.DEFAULT)) {
      PartitionLog log = logs.create("orders-0", "AAAAAAAAAAAAAAAAAAAABw", LogConfig.DEFAULT);
      for (int i = 0; i < 5; i++) {
        ByteBuffer batch = new RecordBatchBuilder().append(i, null, new byte[100]).build();
        log.append(new AppendBatch[] {new AppendBatch().set(batch, 0, batch.limit())}, 1, 0, i);
      }
      log.setHighWatermark(5);
    }
    segment = folder.resolve("orders-0/00000000000000000000.log");
  }

  private int doctor(String... words) throws Exception {
    List<String> all = new ArrayList<>(List.of("--data", folder.toString()));
    all.addAll(List.of(words));
    return doctorOf(all.toArray(String[]::new));
  }

  private int doctorOf(String... words) throws Exception {
    DoctorCommand.Terminal user =
        new DoctorCommand.Terminal() {
          @Override
          public boolean isThere() {
            return terminal;
          }

          @Override
          public String ask(String question) {
            return answer;
          }
        };
    out.reset();
    err.reset();
    return new DoctorCommand(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Environment.system(),
            user,
            (data, config, overrides) ->
                Settings.gather(StartOptions.settings(data, config, overrides), Map.of()).read())
        .run(List.of(words), "help");
  }

  private void damage(int position) throws Exception {
    byte[] content = Files.readAllBytes(segment);
    content[position] ^= 1;
    Files.write(segment, content);
  }

  @Test
  void allIsFine() throws Exception {
    assertThat(doctor()).isZero();
    assertThat(out.toString()).contains("2 logs", "closed in order", "No problems.");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void saysWhatIsWrongAndWhatAStartDoes() throws Exception {
    int size = (int) Files.size(segment) / 5;
    damage(2 * size + 70);
    assertThat(doctor()).isEqualTo(1);
    assertThat(out.toString())
        .contains(
            "PROBLEM orders-0/00000000000000000000.log at position "
                + 2 * size
                + ", offsets 2 to 2: damaged: "
                + size
                + " bytes are no batches of this log")
        .contains("a start does not look there")
        .contains("--repair moves them into quarantine")
        .contains("1 problem.");
    assertThat(doctor("--json")).isEqualTo(1);
    assertThat(out.toString())
        .contains("\"problem\":true,\"log\":\"orders-0\"")
        .contains("\"position\":" + 2 * size + ",\"firstOffset\":2,\"endOffset\":3");
  }

  @Test
  void repairsOnlyWhatItMay() throws Exception {
    damage(70);
    byte[] before = Files.readAllBytes(segment);
    assertThat(doctor("--repair")).isEqualTo(1);
    assertThat(out.toString()).contains("changes these files", "orders-0/");
    assertThat(err.toString()).contains("--yes");
    terminal = true;
    answer = "no";
    assertThat(doctor("--repair")).isEqualTo(1);
    assertThat(Files.readAllBytes(segment)).isEqualTo(before);
    answer = "yes";
    assertThat(doctor("--repair")).isZero();
    assertThat(out.toString()).contains("After the repair:", "offsets 0 to 0", "No problems.");
    assertThat(Files.size(segment)).isLessThan(before.length);
    assertThat(doctor("--repair", "--yes")).isZero();
  }

  @Test
  void damagedMetadataIsForABackup() throws Exception {
    Path metadata = folder.resolve("__cluster_metadata-0/00000000000000000000.log");
    byte[] content = Files.readAllBytes(metadata);
    content[70] ^= 1;
    Files.write(metadata, content);
    assertThat(doctor("--repair", "--yes")).isEqualTo(1);
    assertThat(out.toString()).contains("does not start: restore the file from a backup");
    assertThat(Files.readAllBytes(metadata)).isEqualTo(content);
  }

  @Test
  void saysWhyAStartRefusesTheMetadata() throws Exception {
    Environment environment = Environment.system();
    try (LogManager logs = LogManager.open(environment, folder, LogManagerSettings.DEFAULT)) {
      PartitionLog log = logs.log("__cluster_metadata-0", LogConfig.DEFAULT);
      ByteBuffer batch = new RecordBatchBuilder().append(1, null, new byte[] {1, 14, 0, 1}).build();
      log.append(new AppendBatch[] {new AppendBatch().set(batch, 0, batch.limit())}, 1, 1, 1);
    }
    assertThat(doctor()).isEqualTo(1);
    assertThat(out.toString())
        .contains("PROBLEM __cluster_metadata-0/00000000000000000000.log at position ")
        .contains("can't be read as metadata: metadata record of type 14 (ClientQuotaRecord)")
        .contains("Restore the folder from a backup")
        .contains("a start does not start");
  }

  @Test
  void aDamagedSnapshotOfTheMetadataIsNoReasonNotToStart() throws Exception {
    String name = "00000000000000000001-0000000001.checkpoint";
    Files.write(folder.resolve("__cluster_metadata-0").resolve(name), new byte[1000]);
    assertThat(doctor("--repair", "--yes")).isEqualTo(1);
    assertThat(out.toString())
        .contains("PROBLEM __cluster_metadata-0/" + name)
        .contains("can't be used: at position 0: no whole batch is there")
        .contains("a start uses an older snapshot or the log, and replaces it")
        .contains("1 problem.");
  }

  @Test
  void theFoldersOfAConfiguration() throws Exception {
    Path second = Files.createDirectory(folder.resolve("second"));
    String both = "log.dirs=" + folder + "," + second + "\n";
    Path config = Files.writeString(folder.resolve("server.properties"), both);
    assertThat(doctorOf("--config", config.toString())).isZero();
    assertThat(out.toString()).contains(second + ": is no data folder of a broker yet");
    Broker.builder().property("log.dirs", folder + "," + second).port(0).start().close();
    assertThat(doctorOf("--config", config.toString())).isZero();
    assertThat(out.toString()).contains(folder + ": 1 logs", second + ": 0 logs");
    assertThat(doctor()).as("one of two").isEqualTo(1);
    assertThat(out.toString()).contains("is missing: mount it, or name it in log.dirs again");
    assertThat(doctorOf("-o", "log.dirs=" + second + "," + folder)).isEqualTo(1);
    assertThat(out.toString()).contains("set metadata.log.dir to that folder");
    assertThat(doctorOf("--config", config.toString(), "-o", "node.id=7")).isEqualTo(1);
    assertThat(out.toString()).contains("is of the node 1, and node.id is 7");
  }

  @Test
  void aCopyOfALog() throws Exception {
    Path second = Files.createDirectory(folder.resolve("second"));
    Disk disk = Environment.system().disk();
    String clusterId = Objects.requireNonNull(MetaProperties.read(disk, folder)).clusterId();
    new MetaProperties(clusterId, 1, "AAAAAAAAAAAAAAAAAAAACQ").write(disk, second);
    Path copy = Files.createDirectory(second.resolve("orders-0"));
    try (Stream<Path> files = Files.list(segment.getParent())) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    assertThat(doctor("--data", second.toString())).isEqualTo(1);
    assertThat(out.toString()).contains("orders-0").contains("is in two data folders");
  }

  @Test
  void couldNotLook() throws Exception {
    try (Broker broker = Broker.builder().dataDirectory(folder).port(0).start()) {
      assertThat(broker.bootstrapServers()).isNotEmpty();
      assertThat(doctor()).isEqualTo(2);
      assertThat(err.toString()).contains("is held by another process", "stop the broker first");
    }
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    assertThat(doctorOf("--data", elsewhere.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("is no data folder");
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void asAProcess() throws Exception {
    Files.write(segment, new byte[] {1, 2, 3}, StandardOpenOption.APPEND);
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            "io.tailrace.server.Main",
            "doctor",
            "--data",
            folder.toString());
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isEqualTo(0);
    assertThat(output).contains("ends in 3 bytes of a batch");
  }
}
