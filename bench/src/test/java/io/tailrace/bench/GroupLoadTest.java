package io.tailrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tailrace.bench.floor.FloorServer;
import io.tailrace.bench.group.GroupProtocol;
import io.tailrace.bench.load.FakeTopics;
import io.tailrace.bench.report.Figure;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse.Assignment;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse.TopicPartitions;
import io.tailrace.protocol.message.DeleteGroupsResponse;
import io.tailrace.protocol.message.FindCoordinatorResponse;
import io.tailrace.protocol.message.OffsetFetchResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The generator's groups, against a broker that gives each first member everything. */
class GroupLoadTest {
  private final Set<String> members = ConcurrentHashMap.newKeySet();
  private final AtomicInteger mostMembers = new AtomicInteger();

  @Test
  void formsGroupsSendsHeartbeatsAndLeaves() throws Exception {
    HeartbeatWorkload workload =
        new HeartbeatWorkload("G1", "few", "idle", GroupProtocol.CONSUMER, 1000, 1, 2, 1);
    try (FakeTopics broker = new FakeTopics()) {
      broker.serve(ApiKey.FIND_COORDINATOR, 4, new FindCoordinatorResponse());
      broker.serve(ApiKey.OFFSET_FETCH, 8, new OffsetFetchResponse());
      broker.serve(ApiKey.DELETE_GROUPS, 2, new DeleteGroupsResponse());
      broker.on(ApiKey.CONSUMER_GROUP_HEARTBEAT, 1, this::heartbeat);
      try (Subject subject = subject("fake", broker.address())) {
        assertThat(subject.serves(workload)).isTrue();
        Map<Figure, Double> figures = subject.measure(workload, 0.1, 0.5).figures();
        assertThat(figures)
            .containsKeys(Figure.BROKER_CORES, Figure.CPU_PER_REQUEST, Figure.LATENCY_P99)
            .doesNotContainKeys(Figure.RECORDS_PER_SECOND, Figure.CPU_PER_GB);
        assertThat(figures.get(Figure.REQUESTS_PER_SECOND)).isCloseTo(200, within(20.0));
      }
      assertThat(mostMembers).hasValue(1000);
      assertThat(members).isEmpty();
      assertThat(broker.topics).isEmpty();
    }
  }

  @Test
  void theFloorTakesHeartbeatsFromMembersThatNeverJoined(@TempDir Path folder) throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (FloorServer floor = new FloorServer(any, folder)) {
      Thread.ofPlatform().daemon().start(() -> run(floor));
      for (GroupProtocol protocol : GroupProtocol.values()) {
        HeartbeatWorkload heartbeats =
            new HeartbeatWorkload("G1", "few", "idle", protocol, 100, 10, 2, 1);
        try (Subject subject = subject("floor", floor.address())) {
          assertThat(subject.serves(heartbeats)).isTrue();
          assertThat(subject.serves(new RebalanceWorkload("G2", "none", "", protocol, 2, 2)))
              .isFalse();
          assertThat(subject.measure(heartbeats, 0.1, 0.5).figures())
              .hasEntrySatisfying(
                  Figure.REQUESTS_PER_SECOND,
                  it -> assertThat(it).isCloseTo(heartbeats.heartbeatsPerSecond(), within(50.0)));
        }
      }
    }
  }

  private static void run(FloorServer floor) {
    try {
      floor.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Subject subject(String name, InetSocketAddress broker) {
    OptionalLong self = OptionalLong.of(ProcessHandle.current().pid());
    Progress silent = new Progress(new PrintStream(OutputStream.nullOutputStream()), false);
    return new Subject(
        new ProcFiles(Path.of("/proc")),
        new Target(name, broker, self, null),
        new LoadSettings((short) -1, null),
        silent);
  }

  private Message heartbeat(ConsumerGroupHeartbeatRequest request) {
    ConsumerGroupHeartbeatResponse answer =
        new ConsumerGroupHeartbeatResponse().memberEpoch(1).heartbeatIntervalMs(5000);
    if (request.memberEpoch() < 0) {
      members.remove(request.memberId());
    } else if (members.add(request.memberId())) {
      mostMembers.accumulateAndGet(members.size(), Math::max);
      TopicPartitions all = new TopicPartitions().topicId(new UUID(0, 1)).partitions(new int[] {0});
      answer.assignment(new Assignment().topicPartitions(List.of(all)));
    }
    return answer;
  }
}
