package io.tailrace.broker.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.broker.partition.Partitions;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchRequest.FetchPartition;
import io.tailrace.protocol.message.FetchRequest.FetchTopic;
import io.tailrace.protocol.message.FetchRequest.ForgottenTopic;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.FetchResponse.FetchableTopicResponse;
import io.tailrace.protocol.message.FetchResponse.PartitionData;
import io.tailrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Who gets a session, and whose place it takes. Its partitions are of topics that are not there.
 */
class FetchSessionsTest {
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
  private static final long MUCH = 1L << 30;

  private FetchSessions sessions = sessions(3, MUCH);

  private static FetchSessions sessions(int slots, long heapBytes) {
    return new FetchSessions(slots, heapBytes, new Partitions(), new SeededRandomness(1));
  }

  private int open(int partitions, long nowNs) {
    return open("t", partitions, nowNs);
  }

  private int open(String topic, int partitions, long nowNs) {
    List<FullFetch.Target> targets = new ArrayList<>();
    List<PartitionData> told = new ArrayList<>();
    for (int i = 0; i < partitions; i++) {
      FetchPartition wanted = new FetchPartition().partition(i);
      targets.add(
          new FullFetch.Target(
              topic, Message.ZERO_UUID, wanted, null, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
      told.add(new PartitionData().partitionIndex(i).errorCode((short) 3));
    }
    FetchableTopicResponse all = new FetchableTopicResponse().topic(topic).partitions(told);
    return sessions.open(targets, new FetchResponse().responses(List.of(all)), false, nowNs);
  }

  private ErrorCode use(int id, int epoch, long nowNs) {
    return use(id, new FetchRequest().sessionEpoch(epoch), nowNs);
  }

  private ErrorCode use(int id, FetchRequest request, long nowNs) {
    FetchSession session = sessions.get(id);
    return session == null
        ? ErrorCode.FETCH_SESSION_ID_NOT_FOUND
        : session.begin(request, false, nowNs);
  }

  private static FetchRequest adds(int epoch, String topic, int from, int to) {
    List<FetchPartition> partitions =
        IntStream.range(from, to).mapToObj(i -> new FetchPartition().partition(i)).toList();
    return new FetchRequest()
        .sessionEpoch(epoch)
        .topics(List.of(new FetchTopic().topic(topic).partitions(partitions)));
  }

  @Test
  void idsAreUniqueAndPositive() {
    sessions = sessions(1000, MUCH);
    Set<Integer> ids = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      ids.add(open(1, 0));
    }
    assertThat(ids).hasSize(1000).allSatisfy(id -> assertThat(id).isPositive());
    assertThat(open(1, 0)).isZero();
  }

  @Test
  void aStaleSessionMakesRoomForAny() {
    int first = open(100, 0);
    int second = open(100, 0);
    int third = open(100, 0);
    assertThat(use(first, 1, MINUTE)).isEqualTo(ErrorCode.NONE);
    assertThat(use(third, 1, MINUTE / 2)).isEqualTo(ErrorCode.NONE);
    assertThat(open(1, 2 * MINUTE)).isZero();
    int fourth = open(1, 2 * MINUTE + 1);
    assertThat(fourth).isPositive();
    assertThat(sessions.get(second)).isNull();
    assertThat(sessions.size()).isEqualTo(3);
    assertThat(open(1, 2 * MINUTE + 1)).isZero();
    assertThat(use(first, 2, 3 * MINUTE)).isEqualTo(ErrorCode.NONE);
    assertThat(use(fourth, 1, 3 * MINUTE)).isEqualTo(ErrorCode.NONE);
    assertThat(open(1, 3 * MINUTE)).isPositive();
    assertThat(sessions.get(third)).isNull();
  }

  @Test
  void aLargerOneTakesThePlaceOfTheSmallestEstablished() {
    int small = open(10, 0);
    int large = open(20, 0);
    open(5, 3 * MINUTE);
    assertThat(use(small, 1, 2 * MINUTE + 1)).isEqualTo(ErrorCode.NONE);
    assertThat(use(large, 1, 2 * MINUTE + 1)).isEqualTo(ErrorCode.NONE);
    assertThat(open(10, 3 * MINUTE)).as("no larger").isZero();
    assertThat(open(11, 3 * MINUTE)).isPositive();
    assertThat(sessions.get(small)).isNull();
    assertThat(open(15, 3 * MINUTE)).as("the rest is larger or new").isZero();
  }

  @Test
  void whatEndsGivesItsHeapBack() {
    int id = open(50, 0);
    assertThat(sessions.heapBytes()).isGreaterThan(50 * 300);
    FetchRequest forgets =
        adds(1, "u", 0, 10)
            .forgottenTopicsData(
                List.of(
                    new ForgottenTopic().topic("t").partitions(IntStream.range(0, 60).toArray())));
    assertThat(use(id, forgets, 0)).isEqualTo(ErrorCode.NONE);
    assertThat(sessions.get(id).size()).isEqualTo(10);
    assertThat(sessions.heapBytes()).isBetween(10 * 300L, 10 * 400L);
    sessions.close(id);
    sessions.close(id);
    assertThat(sessions.heapBytes()).isZero();
    assertThat(sessions.size()).isZero();
  }

  @Test
  void heapIsBoundedWhateverClientsAskFor() {
    sessions = sessions(1000, 100_000);
    assertThat(open(1000, 0)).as("too large for any").isZero();
    assertThat(open("x".repeat(32_000), 2, 0)).as("long names count").isZero();
    int id = open(100, 0);
    assertThat(open(250, 0)).isZero();
    for (int i = 0; i < 1000; i++) {
      open(1, 0);
    }
    assertThat(sessions.heapBytes()).isBetween(99_000L, 100_000L);
    assertThat(use(id, adds(1, "t", 0, 100), 0)).as("nothing added").isEqualTo(ErrorCode.NONE);
    assertThat(use(id, adds(2, "t", 100, 1000), 0)).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
    assertThat(sessions.heapBytes()).isLessThanOrEqualTo(100_000);
    sessions.close(id);
    assertThat(open(90, 0)).isPositive();
  }

  /** Two names for one partition in a request take one place. */
  @Test
  void repeatedPartitionsCountOnce() {
    int id = open(1, 0);
    FetchRequest twice = adds(1, "t", 0, 5);
    twice.topics(List.of(twice.topics().getFirst(), twice.topics().getFirst()));
    assertThat(use(id, twice, 0)).isEqualTo(ErrorCode.NONE);
    assertThat(sessions.get(id).size()).isEqualTo(5);
    sessions.close(id);
    assertThat(sessions.heapBytes()).isZero();
  }

  @Test
  void epochsGoFromTheLargestToOne() {
    assertThat(FetchSession.nextEpoch(1)).isEqualTo(2);
    assertThat(FetchSession.nextEpoch(Integer.MAX_VALUE)).isEqualTo(1);
  }
}
