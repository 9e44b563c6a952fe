package io.tailrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.junit.jupiter.api.Test;

/** New messages, in every version: the same bytes as Kafka's, so the same fields and defaults. */
class DefaultMessagesTest {
  @Test
  void areWrittenAsKafkaWritesThem() {
    int compared = 0;
    for (ApiKey key : ApiKey.values()) {
      ApiKeys kafka = ApiKeys.forId(key.id());
      for (short v = key.lowestVersion();
          v <= kafka.messageType.highestSupportedVersion(true);
          v++) {
        compare(key.newRequest(), kafka.messageType.newRequest(), v);
        compare(key.newResponse(), kafka.messageType.newResponse(), v);
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(250);
  }

  private static void compare(Message ours, ApiMessage theirs, short version) {
    String name = ours.getClass().getSimpleName() + " v" + version;
    ProtocolWriter out = new ProtocolWriter();
    ours.write(out, version);
    ByteBuffer expected = bytes(theirs, version);
    assertThat(out.buffer()).as(name).isEqualTo(expected);
    ProtocolReader in = new ProtocolReader(expected);
    ours.read(in, version);
    assertThat(in.remaining()).as(name).isZero();
    out.reset();
    ours.write(out, version);
    assertThat(out.buffer()).as(name + ", read and written").isEqualTo(expected);
  }

  static ByteBuffer bytes(ApiMessage message, short version) {
    ObjectSerializationCache cache = new ObjectSerializationCache();
    ByteBuffer buffer = ByteBuffer.allocate(message.size(cache, version));
    message.write(new ByteBufferAccessor(buffer), cache, version);
    return buffer.flip();
  }
}
