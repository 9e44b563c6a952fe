package io.tailrace.broker;

import static io.tailrace.broker.Wire.error;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.InitProducerIdRequest;
import io.tailrace.protocol.message.InitProducerIdResponse;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProducerIdTest {
  @TempDir Path folder;

  @Test
  void noIdIsHandedOutTwice() throws IOException {
    Set<Long> ids = new HashSet<>();
    for (int start = 0; start < 3; start++) {
      try (TestBroker broker = TestBroker.start(folder)) {
        WireClient[] clients = {broker.connect(), broker.connect(), broker.connect()};
        for (int round = 0; round < 500; round++) {
          for (WireClient client : clients) {
            client.send(new InitProducerIdRequest().transactionalId(null), round % 6);
          }
          for (WireClient client : clients) {
            InitProducerIdResponse response = client.receive();
            assertThat(response.errorCode()).isZero();
            assertThat(response.producerEpoch()).isZero();
            assertThat(ids.add(response.producerId())).isTrue();
          }
        }
      }
    }
    assertThat(ids).hasSize(4500).allSatisfy(it -> assertThat(it).isNotNegative());
  }

  @Test
  void transactionsAreNotThereYet() throws IOException {
    try (TestBroker broker = TestBroker.start(folder)) {
      WireClient client = broker.connect();
      InitProducerIdResponse named =
          client.call(new InitProducerIdRequest().transactionalId("tx"), 4);
      assertThat(error(named.errorCode())).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
      InitProducerIdResponse empty =
          client.call(new InitProducerIdRequest().transactionalId(""), 4);
      assertThat(error(empty.errorCode())).isEqualTo(ErrorCode.INVALID_REQUEST);
    }
  }
}
