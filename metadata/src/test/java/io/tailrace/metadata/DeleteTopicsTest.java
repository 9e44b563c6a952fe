package io.tailrace.metadata;

import static io.tailrace.metadata.TestCluster.configured;
import static io.tailrace.metadata.TestCluster.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.protocol.message.DeleteTopicsRequest.DeleteTopicState;
import io.tailrace.protocol.message.DeleteTopicsResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeleteTopicsTest {
  private static final UUID UNKNOWN = new UUID(5, 5);
  private final TestCluster cluster = TestCluster.of(1);
  private UUID a = UNKNOWN;
  private UUID b = UNKNOWN;

  @BeforeEach
  void setUp() {
    cluster.create(configured("a", Map.of("retention.ms", "1")), topic("b_b"), topic("c"));
    a = cluster.image.topic("a").id();
    b = cluster.image.topic("b_b").id();
  }

  private static DeleteTopicState state(@Nullable String name, UUID id) {
    return new DeleteTopicState().name(name).topicId(id);
  }

  private List<String> delete(DeleteTopicState... topics) {
    DeleteTopicsRequest request = new DeleteTopicsRequest().topics(Arrays.asList(topics));
    return codes(cluster.run(new DeleteTopics(request, (short) 6, true)));
  }

  private static List<String> codes(DeleteTopicsResponse response) {
    return response.responses().stream()
        .map(it -> it.name() + ":" + ErrorCode.forCode(it.errorCode()))
        .toList();
  }

  @Test
  void deletesByNameAndById() {
    assertThat(delete(state("a", Message.ZERO_UUID), state(null, b)))
        .containsExactly("a:NONE", "b_b:NONE");
    assertThat(cluster.image.topicCount()).isEqualTo(1);
    assertThat(cluster.image.topic(a)).isNull();
    assertThat(cluster.image.topic("b_b")).isNull();
    assertThat(cluster.image.configs(ConfigResource.topic("a"))).isEmpty();
    assertThat(cluster.createOne(topic("b.b"))).as("no collision left").isEqualTo(ErrorCode.NONE);
  }

  @Test
  void aTopicMadeAnewHasAnotherIdAndNoOldConfigs() {
    delete(state("a", Message.ZERO_UUID));
    cluster.create(topic("a"));
    assertThat(cluster.image.topic("a").id()).isNotEqualTo(a);
    assertThat(cluster.image.configs(ConfigResource.topic("a"))).isEmpty();
  }

  @Test
  void olderVersionsGiveNames() {
    DeleteTopicsRequest request =
        new DeleteTopicsRequest().topicNames(List.of("a", "nope", "c", "c"));
    assertThat(codes(cluster.run(new DeleteTopics(request, (short) 1, true))))
        .containsExactly("a:NONE", "nope:UNKNOWN_TOPIC_OR_PARTITION", "c:INVALID_REQUEST");
    assertThat(cluster.image.topic("c")).isNotNull();
  }

  @Test
  void refusesWhatIsUnknownOrAmbiguous() {
    ClusterImage before = cluster.image;
    assertThat(delete(state("nope", Message.ZERO_UUID)))
        .containsExactly("nope:UNKNOWN_TOPIC_OR_PARTITION");
    assertThat(delete(state(null, UNKNOWN))).containsExactly("null:UNKNOWN_TOPIC_ID");
    assertThat(delete(state(null, Message.ZERO_UUID))).containsExactly("null:INVALID_REQUEST");
    assertThat(delete(state("a", a))).containsExactly("a:INVALID_REQUEST");
    assertThat(delete(state(null, a), state(null, a))).containsExactly("null:INVALID_REQUEST");
    assertThat(delete(state("a", Message.ZERO_UUID), state(null, a)))
        .containsExactly("a:INVALID_REQUEST", "null:INVALID_REQUEST");
    assertThat(cluster.image).isSameAs(before);
  }

  @Test
  void canBeDisabled() {
    DeleteTopicsRequest request = new DeleteTopicsRequest().topicNames(List.of("a"));
    assertThat(codes(cluster.run(new DeleteTopics(request, (short) 2, false))))
        .containsExactly("a:INVALID_REQUEST");
    assertThat(codes(cluster.run(new DeleteTopics(request, (short) 3, false))))
        .containsExactly("a:TOPIC_DELETION_DISABLED");
    assertThat(cluster.image.topic("a")).isNotNull();
  }
}
