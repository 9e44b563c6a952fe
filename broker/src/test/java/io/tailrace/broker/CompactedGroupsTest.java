package io.tailrace.broker;

import static io.tailrace.broker.GroupWire.commit;
import static io.tailrace.broker.GroupWire.offset;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.broker.GroupWire.Member;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ListGroupsResponse.ListedGroup;
import io.tailrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Groups are loaded from a {@code __consumer_offsets} that has been compacted as they left it. */
@Timeout(120)
class CompactedGroupsTest {
  private static final String TOPIC = "t";
  private static final String STEADY = "committed once";
  private static final String BUSY = "commits again and again";
  private static final String MEMBERS = "has a member";
  private static final int PARTITIONS = 20;
  private static final int COMMITS = 60;
  private static final int SEGMENT_BYTES = 1 << 20;
  private static final String METADATA = "x".repeat(4000);

  @TempDir private Path folder;

  private TestBroker start() {
    return TestBroker.start(
        folder,
        "offsets.topic.num.partitions",
        "1",
        "offsets.topic.segment.bytes",
        Integer.toString(SEGMENT_BYTES),
        "log.cleaner.backoff.ms",
        "20",
        "log.cleaner.min.cleanable.ratio",
        "0.01",
        "group.initial.rebalance.delay.ms",
        "0");
  }

  @Test
  void groupsAreWhatTheyWere() throws IOException {
    Member member;
    try (TestBroker broker = start()) {
      WireClient client = broker.connect();
      broker.createTopic(client, TOPIC, PARTITIONS);
      GroupWire.awaitCoordinator(client);
      commitAll(client, STEADY, 1);
      member = GroupWire.alone(client, MEMBERS);
      for (int i = 1; i <= COMMITS; i++) {
        commitAll(client, BUSY, i);
      }
      await().until(() -> sizeOfOffsets() < 2 * SEGMENT_BYTES);
      assertGroups(client, member);
    }
    try (TestBroker broker = start()) {
      WireClient client = broker.connect();
      GroupWire.awaitLoaded(client);
      assertGroups(client, member);
    }
  }

  /** All partitions; 4.8 MB for all rounds. */
  private static void commitAll(WireClient client, String group, int round) throws IOException {
    OffsetCommitRequestPartition[] partitions =
        IntStream.range(0, PARTITIONS)
            .mapToObj(i -> offset(i, 1000L * round + i, METADATA))
            .toArray(OffsetCommitRequestPartition[]::new);
    assertThat(commit(client, commit(group, TOPIC, partitions))).containsOnly(ErrorCode.NONE);
  }

  private static void assertGroups(WireClient client, Member member) throws IOException {
    assertThat(committed(client, STEADY)).isEqualTo(expected(1));
    assertThat(committed(client, BUSY)).isEqualTo(expected(COMMITS));
    assertThat(GroupWire.beat(client, member)).isEqualTo(ErrorCode.NONE);
    assertThat(GroupWire.list(client).groups())
        .extracting(ListedGroup::groupId)
        .containsExactlyInAnyOrder(STEADY, BUSY, MEMBERS);
  }

  private static Map<Integer, Long> expected(int round) {
    Map<Integer, Long> offsets = new TreeMap<>();
    IntStream.range(0, PARTITIONS).forEach(i -> offsets.put(i, 1000L * round + i));
    return offsets;
  }

  private static Map<Integer, Long> committed(WireClient client, String group) throws IOException {
    Map<Integer, Long> offsets = new TreeMap<>();
    for (OffsetFetchResponsePartitions partition :
        GroupWire.committed(client, group).topics().getFirst().partitions()) {
      assertThat(partition.metadata()).isEqualTo(METADATA);
      offsets.put(partition.partitionIndex(), partition.committedOffset());
    }
    return offsets;
  }

  /** In bytes, of the segments; replaced ones wait for {@code file.delete.delay.ms}. */
  private long sizeOfOffsets() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("__consumer_offsets-0"))) {
      return files
          .filter(file -> file.toString().endsWith(".log"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }
}
