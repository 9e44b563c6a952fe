package io.tailrace.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ProtocolWriter;
import io.tailrace.protocol.message.ConsumerProtocolSubscription;
import io.tailrace.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubscribedTopicsTest {
  private final ClassicFixture coordinator = new ClassicFixture();

  private ClassicClient subscriber(byte[] subscription) {
    ClassicClient client = coordinator.client();
    client.protocols = List.of(new JoinGroupRequestProtocol().name("range").metadata(subscription));
    return client;
  }

  private static byte[] subscription(int version, String... topics) {
    ProtocolWriter out = new ProtocolWriter();
    out.writeShort((short) version);
    new ConsumerProtocolSubscription()
        .topics(List.of(topics))
        .userData(new byte[] {1, 2})
        .write(out, (short) version);
    byte[] bytes = new byte[out.size()];
    out.buffer().get(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void topicsOfAllMembersInAnyVersion(int version) {
    coordinator.stabilize(
        subscriber(subscription(version, "a", "b")), subscriber(subscription(version, "b", "c")));
    assertThat(coordinator.group().subscribedTopics()).containsExactlyInAnyOrder("a", "b", "c");
    coordinator.restart();
    assertThat(coordinator.group().subscribedTopics()).containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  void versionsToComeBeginAlike() {
    byte[] bytes = subscription(0, "a");
    bytes[1] = 77;
    coordinator.stabilize(subscriber(bytes));
    assertThat(coordinator.group().subscribedTopics()).containsExactly("a");
  }

  @Test
  void anyOtherBytesMakeThemUnknownAndNoRequestFail() {
    byte[] good = subscription(0, "a", "b");
    for (int length = 0; length < good.length; length++) {
      ClassicFixture fresh = new ClassicFixture();
      ClassicClient client = fresh.client();
      client.protocols =
          List.of(
              new JoinGroupRequestProtocol().name("range").metadata(Arrays.copyOf(good, length)));
      fresh.stabilize(client);
      assertThat(fresh.group().subscribedTopics()).isNull();
    }
  }

  @Test
  void othersThanConsumersKeepAllOffsets() {
    ClassicClient client = subscriber(subscription(0, "a"));
    client.protocolType = "connect";
    coordinator.stabilize(client);
    assertThat(coordinator.group().subscribedTopics()).isNull();
  }

  @Test
  void allWhileTheGroupRebalancesAndNoneOnceItIsEmpty() {
    ClassicClient client = subscriber(subscription(0, "a"));
    coordinator.stabilize(client, subscriber(subscription(0, "b")));
    client.join();
    assertThat(coordinator.group().subscribedTopics()).isNull();
    coordinator.nowMs += 3_600_000;
    coordinator.advance(3_600_000);
    assertThat(coordinator.group().subscribedTopics()).isEmpty();
  }
}
