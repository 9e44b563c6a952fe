package io.tailrace.broker;

import static io.tailrace.broker.Wire.batch;
import static io.tailrace.broker.Wire.error;
import static io.tailrace.broker.Wire.get;
import static io.tailrace.broker.Wire.put;
import static io.tailrace.broker.Wire.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.env.Clock;
import io.tailrace.env.Environment;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.protocol.message.DescribeLogDirsRequest;
import io.tailrace.protocol.message.DescribeLogDirsResponse;
import io.tailrace.protocol.message.DescribeLogDirsResponse.DescribeLogDirsResult;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataRequest.MetadataRequestTopic;
import io.tailrace.protocol.message.MetadataResponse;
import io.tailrace.testkit.DiskFault;
import io.tailrace.testkit.SeededRandomness;
import io.tailrace.testkit.SimDisk;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What clients see of a broker with several data folders, and of one of these that fails. */
class DataFoldersTest {
  private static final Path A = Path.of("/a").toAbsolutePath();
  private static final Path B = Path.of("/b").toAbsolutePath();

  private final SimDisk disk = new SimDisk();
  private int started;
  private TestBroker broker;
  private WireClient client;

  private void start(String folders, String... properties) throws IOException {
    stop();
    List<String> all = new ArrayList<>(List.of("log.dirs", folders));
    all.addAll(List.of(properties));
    Environment environment =
        new Environment(Clock.system(), disk, new SeededRandomness(++started));
    broker = TestBroker.start(environment, A, all.toArray(String[]::new));
    broker.expectErrors();
    client = broker.connect();
  }

  @AfterEach
  void stop() throws IOException {
    if (broker != null) {
      broker.close();
      broker = null;
    }
  }

  private void breakDisk(Path folder) {
    disk.setFaults(
        (number, operation, path) -> path.startsWith(folder) ? DiskFault.IO_ERROR : null);
  }

  /** Partition 0 in A, 1 in B, and so on. */
  private void topicInBoth(String name) throws IOException {
    broker.createTopic(client, name, 4);
    for (int partition = 0; partition < 4; partition++) {
      put(client, name, partition, batch("good"));
    }
  }

  private List<DescribeLogDirsResult> describe() throws IOException {
    DescribeLogDirsResponse response = client.call(new DescribeLogDirsRequest().topics(null), 4);
    return response.results();
  }

  private static List<Integer> partitions(DescribeLogDirsResult result) {
    return result.topics().stream()
        .flatMap(topic -> topic.partitions().stream())
        .map(partition -> partition.partitionIndex())
        .toList();
  }

  private List<Integer> offline(String topic) throws IOException {
    MetadataResponse response =
        client.call(
            new MetadataRequest().topics(List.of(new MetadataRequestTopic().name(topic))), 9);
    return response.topics().getFirst().partitions().stream()
        .filter(it -> it.offlineReplicas().length > 0)
        .map(it -> it.partitionIndex())
        .sorted()
        .toList();
  }

  private ErrorCode putError(String topic, int partition) throws IOException {
    return error(put(client, topic, partition, batch("more")).errorCode());
  }

  @Test
  void partitionsAreSpreadAndDescribed() throws IOException {
    start("/a,/b");
    topicInBoth("t");
    List<DescribeLogDirsResult> results = describe();
    assertThat(results).extracting(DescribeLogDirsResult::logDir).containsExactly("/a", "/b");
    assertThat(results).extracting(it -> error(it.errorCode())).containsOnly(ErrorCode.NONE);
    assertThat(results).extracting(DescribeLogDirsResult::totalBytes).doesNotContain(-1L);
    assertThat(partitions(results.get(0))).containsExactly(0, 2);
    assertThat(partitions(results.get(1))).containsExactly(1, 3);
    assertThat(broker.broker().dataDirectories()).containsExactly(A, B);
    start("/a,/b");
    assertThat(values(get(client, "t", 1, 0))).containsExactly("0:good");
  }

  @Test
  void aFolderThatFailsTakesItsPartitionsAlone() throws IOException {
    start("/a,/b");
    topicInBoth("t");
    broker.createTopic(client, "u", 6);
    breakDisk(B);
    assertThat(List.of(putError("u", 0), putError("u", 1)))
        .as("one of them goes to B, and finds out")
        .contains(ErrorCode.KAFKA_STORAGE_ERROR);
    disk.setFaults(null);
    assertThat(putError("t", 1)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    assertThat(putError("t", 3)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    assertThat(putError("t", 0)).isEqualTo(ErrorCode.NONE);
    assertThat(values(get(client, "t", 1, 0))).as("reads go on").containsExactly("0:good");
    assertThat(putError("u", 4)).as("new logs go to A").isEqualTo(ErrorCode.NONE);
    assertThat(offline("t")).containsExactly(1, 3);
    assertThat(error(describe().get(1).errorCode())).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    assertThat(partitions(describe().get(1))).isEmpty();
    start("/a,/b");
    assertThat(offline("t")).isEmpty();
    assertThat(putError("t", 1)).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void aFolderThatCantBeOpenedIsOfflineFromTheStart() throws IOException {
    start("/a,/b");
    topicInBoth("t");
    stop();
    breakDisk(B);
    start("/a,/b");
    assertThat(putError("t", 0)).isEqualTo(ErrorCode.NONE);
    assertThat(putError("t", 1)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    assertThat(error(get(client, "t", 1, 0).errorCode())).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    assertThat(offline("t")).containsExactly(1, 3);
    topicInBoth("new");
    disk.setFaults(null);
    start("/a,/b");
    assertThat(values(get(client, "t", 1, 0))).containsExactly("0:good");
    assertThat(values(get(client, "new", 1, 0))).containsExactly("0:good");
  }

  /** Folder B, which holds half of its partitions; it stays away. */
  private void makeAnewWhileItsFolderIsAway(String topic) throws IOException {
    start("/a,/b");
    topicInBoth(topic);
    stop();
    breakDisk(B);
    start("/a,/b");
    delete(topic);
    topicInBoth(topic);
  }

  private void delete(String topic) throws IOException {
    client.call(new DeleteTopicsRequest().topicNames(List.of(topic)).timeoutMs(1000), 5);
  }

  @Test
  void aTopicMadeAnewWhileItsFolderWasAwayHasOneLog() throws IOException {
    makeAnewWhileItsFolderIsAway("t");
    put(client, "t", 1, batch("anew"));
    disk.setFaults(null);
    start("/a,/b");
    assertThat(values(get(client, "t", 1, 0))).containsExactly("0:good", "1:anew");
    assertThat(partitions(describe().get(1))).isEmpty();
  }

  private List<Path> snapshots() throws IOException {
    return disk.list(A.resolve("__cluster_metadata-0")).stream()
        .filter(it -> it.toString().endsWith(".checkpoint"))
        .toList();
  }

  /** Enough for a snapshot or two. */
  private void changeMuch(String topic) throws IOException {
    for (int i = 0; i < 2; i++) {
      broker.createTopic(client, topic + i, 3000);
      broker.createTopic(client, topic + i + "-behind", 1);
    }
  }

  /** Else nobody would know, when it is back, that the topic in it was deleted. */
  @Test
  void theMetadataHasNoSnapshotWhileAFolderIsAway() throws IOException {
    makeAnewWhileItsFolderIsAway("t");
    changeMuch("away");
    assertThat(snapshots()).isEmpty();
    disk.setFaults(null);
    start("/a,/b");
    assertThat(values(get(client, "t", 1, 0))).containsExactly("0:good");
    Awaitility.await().until(() -> snapshots().size() == 1);
    changeMuch("back");
    changeMuch("more");
    Awaitility.await().until(() -> snapshots().size() == 2);
    start("/a,/b");
    assertThat(values(get(client, "t", 1, 0))).containsExactly("0:good");
    assertThat(partitions(describe().get(1))).isEmpty();
  }

  /**
   * Its folder could not be renamed: the next start deletes it, and only then does anybody forget.
   */
  @Test
  void theMetadataHasNoSnapshotWhileADeletedTopicHasAFolder() throws IOException {
    start("/a,/b");
    topicInBoth("t");
    disk.setFaults((number, operation, path) ->
        operation.equals("rename") && path.endsWith("t-1") ? DiskFault.NO_SPACE : null);
    delete("t");
    assertThat(disk.exists(B.resolve("t-1"))).isTrue();
    broker.createTopic(client, "t", 4);
    changeMuch("more");
    assertThat(snapshots()).isEmpty();
    disk.setFaults(null);
    start("/a,/b");
    assertThat(disk.exists(B.resolve("t-1"))).isFalse();
    Awaitility.await().until(() -> snapshots().size() == 1);
  }

  @Test
  void theBrokerStopsWithTheFolderOfItsMetadata() throws IOException {
    start("/a,/b");
    broker.createTopic(client, "t", 2);
    breakDisk(A);
    put(client, "t", 0, batch("x"));
    Awaitility.await()
        .until(
            () -> broker.log().errors().stream().anyMatch(it -> it.contains("the broker stops")));
    Awaitility.await().until(() -> !isServing());
    disk.setFaults(null);
    start("/a,/b");
    assertThat(putError("t", 0)).isEqualTo(ErrorCode.NONE);
  }

  private boolean isServing() {
    try {
      broker.connect();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void theMetadataMayHaveAFolderOfItsOwn() throws IOException {
    start("/a,/b", "metadata.log.dir", "/m");
    topicInBoth("t");
    assertThat(disk.isDirectory(Path.of("/m/__cluster_metadata-0"))).isTrue();
    assertThat(describe()).hasSize(2);
    stop();
    assertThatThrownBy(() -> start("/a,/b"))
        .isInstanceOf(BrokerStartException.class)
        .hasMessageContaining("__cluster_metadata-0");
    assertThatThrownBy(() -> start("/a,/b,/m"))
        .isInstanceOf(BrokerStartException.class)
        .hasMessageContaining("the metadata log is in /m, not in /a");
    start("/a,/b", "metadata.log.dir", "/m");
    assertThat(values(get(client, "t", 1, 0))).containsExactly("0:good");
  }

  @Test
  void aFolderThatIsMissingIsAskedFor() throws IOException {
    start("/a,/b");
    topicInBoth("t");
    stop();
    for (String folders : new String[] {"/a", "/a,/c"}) {
      assertThatThrownBy(() -> start(folders))
          .isInstanceOf(BrokerStartException.class)
          .hasMessageContaining("data folder with directory.id")
          .hasMessageContaining("is missing: mount it");
    }
    disk.rename(B, Path.of("/elsewhere"));
    start("/a,/elsewhere,/c");
    assertThat(values(get(client, "t", 1, 0))).as("moved").containsExactly("0:good");
  }

  @Test
  void aLogInTwoFoldersIsRefused() throws IOException {
    start("/a,/b");
    topicInBoth("t");
    stop();
    disk.createDirectories(B.resolve("t-0"));
    assertThatThrownBy(() -> start("/a,/b"))
        .isInstanceOf(BrokerStartException.class)
        .hasMessageContaining("t-0 is in two data folders, /a and /b");
  }
}
