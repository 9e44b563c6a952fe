package io.tailrace.bench.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.FindCoordinatorResponse;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchResponse;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseTopics;
import io.tailrace.testkit.FakeBroker;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GroupAdminTest {
  private final AtomicInteger tries = new AtomicInteger();
  private final AtomicReference<OffsetCommitRequest> committed = new AtomicReference<>();
  private FakeBroker broker;
  private GroupAdmin admin;

  @BeforeEach
  void start() throws IOException {
    broker = new FakeBroker();
    broker.<OffsetCommitRequest>on(ApiKey.OFFSET_COMMIT, 8, this::commit);
    broker.<OffsetFetchRequest>on(ApiKey.OFFSET_FETCH, 8, this::fetch);
    admin = new GroupAdmin(broker.address());
  }

  @AfterEach
  void stop() throws IOException {
    admin.close();
    broker.close();
  }

  private Message commit(OffsetCommitRequest request) {
    committed.set(request);
    return new OffsetCommitResponse();
  }

  /** Groups are served one after another, a try apart; all have what was committed. */
  private Message fetch(OffsetFetchRequest request) {
    int served = tries.getAndIncrement();
    List<OffsetFetchResponseGroup> groups =
        request.groups().stream()
            .map(it -> new OffsetFetchResponseGroup().groupId(it.groupId()))
            .map(it ->
                Integer.parseInt(it.groupId()) < served
                    ? it.topics(offsets())
                    : it.errorCode(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS.code()))
            .toList();
    return new OffsetFetchResponse().groups(groups);
  }

  private List<OffsetFetchResponseTopics> offsets() {
    OffsetCommitRequest request = committed.get();
    if (request == null) {
      return List.of();
    }
    return request.topics().stream()
        .map(topic ->
            new OffsetFetchResponseTopics()
                .name(topic.name())
                .partitions(
                    topic.partitions().stream()
                        .map(it ->
                            new OffsetFetchResponsePartitions()
                                .partitionIndex(it.partitionIndex())
                                .committedOffset(it.committedOffset()))
                        .toList()))
        .toList();
  }

  @Test
  void groupsAreServedOnceNothingAnswersThatItIsLoading() throws Exception {
    assertThat(admin.offsets().notServed(List.of("0", "1"))).containsExactly("0", "1");
    assertThat(admin.offsets().notServed(List.of("0", "1"))).containsExactly("1");
    assertThat(admin.offsets().notServed(List.of("0", "1"))).isEmpty();
  }

  @Test
  void waitsForTheCoordinatorAndForItsLoad() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    broker.on(
        ApiKey.FIND_COORDINATOR,
        4,
        request ->
            new FindCoordinatorResponse()
                .coordinators(
                    List.of(
                        new FindCoordinatorResponse.Coordinator()
                            .errorCode(
                                asked.getAndIncrement() < 2
                                    ? ErrorCode.COORDINATOR_NOT_AVAILABLE.code()
                                    : ErrorCode.NONE.code()))));
    admin.awaitCoordinator(List.of("1"));
    assertThat(asked).hasValue(5);
    assertThat(tries).hasValue(3);
  }

  @Test
  void whatWasCommittedMustBeThere() throws Exception {
    tries.set(10);
    admin.offsets().commit("1", "t", 3, 100);
    assertThatCode(() -> admin.offsets().check("1", 3, 100)).doesNotThrowAnyException();
    assertThatThrownBy(() -> admin.offsets().check("1", 4, 100)).hasMessageContaining("not all");
    assertThatThrownBy(() -> admin.offsets().check("1", 3, 101)).hasMessageContaining("not all");
  }
}
