package io.tailrace.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.ConfigRecord;
import io.tailrace.protocol.message.FeatureLevelRecord;
import io.tailrace.protocol.message.PartitionRecord;
import io.tailrace.protocol.message.TopicRecord;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.metadata.MetadataRecordSerde;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.apache.kafka.server.common.MetadataVersion;
import org.junit.jupiter.api.Test;

class MetadataRecordTypeTest {
  private static final UUID ID = new UUID(0x0123456789abcdefL, 0x8edcba9876543210L);

  private static final List<Message> RECORDS =
      List.of(
          new FeatureLevelRecord().name("metadata.version").featureLevel((short) 30),
          new TopicRecord().name("orders").topicId(ID),
          new PartitionRecord()
              .partitionId(3)
              .topicId(ID)
              .replicas(new int[] {1, 2})
              .isr(new int[] {1})
              .leader(1)
              .leaderEpoch(7)
              .partitionEpoch(9)
              .directories(List.of(ID, Message.ZERO_UUID)),
          new ConfigRecord()
              .resourceType((byte) 2)
              .resourceName("orders")
              .name("x")
              .value("\u00e4"),
          new ConfigRecord().resourceType((byte) 4).resourceName("").name("x").value(null));

  @Test
  void kafkaReadsOurFramesAndWritesTheSameBytes() {
    MetadataRecordSerde serde = new MetadataRecordSerde();
    for (Message record : RECORDS) {
      byte[] frame = MetadataRecordType.encode(record);
      ApiMessageAndVersion read =
          serde.read(new ByteBufferAccessor(ByteBuffer.wrap(frame)), frame.length);
      ObjectSerializationCache cache = new ObjectSerializationCache();
      ByteBuffer rewritten = ByteBuffer.allocate(serde.recordSize(read, cache));
      serde.write(read, cache, new ByteBufferAccessor(rewritten));
      assertThat(rewritten.array()).as(record.toString()).isEqualTo(frame);
      Message decoded = MetadataRecordType.decode(ByteBuffer.wrap(frame));
      assertThat(decoded.toString()).isEqualTo(record.toString());
    }
  }

  @Test
  void writesTheVersionsOfKafka43() {
    MetadataVersion kafka43 =
        MetadataVersion.fromFeatureLevel(ControllerSettings.METADATA_VERSION_4_3);
    assertThat(kafka43).isEqualTo(MetadataVersion.latestProduction());
    assertThat(MetadataRecordType.PARTITION.version()).isEqualTo(kafka43.partitionRecordVersion());
    assertThat(MetadataRecordType.PARTITION_CHANGE.version())
        .isEqualTo(kafka43.partitionChangeRecordVersion());
    assertThat(MetadataRecordType.REGISTER_BROKER.version())
        .isEqualTo(kafka43.registerBrokerRecordVersion());
  }

  @Test
  void refusesWhatItDoesNotKnowByName() {
    assertThatThrownBy(() -> MetadataRecordType.decode(ByteBuffer.wrap(new byte[] {1, 11, 0})))
        .isInstanceOf(MetadataRecordException.class)
        .hasMessageContaining("type 11 (UserScramCredentialRecord), version 0, is not supported");
    assertThatThrownBy(() -> MetadataRecordType.decode(ByteBuffer.wrap(new byte[] {1, 2, 1})))
        .hasMessageContaining("type 2 (TopicRecord), version 1");
    assertThatThrownBy(() -> MetadataRecordType.decode(ByteBuffer.wrap(new byte[] {0, 2, 0})))
        .hasMessageContaining("frame version 0");
  }

  @Test
  void refusesEveryTruncationAndAnyTail() {
    for (Message record : RECORDS) {
      byte[] frame = MetadataRecordType.encode(record);
      for (int length = 0; length < frame.length; length++) {
        ByteBuffer cut = ByteBuffer.wrap(frame, 0, length).slice();
        assertThatThrownBy(() -> MetadataRecordType.decode(cut))
            .as("%s cut to %d", record, length)
            .isInstanceOf(MetadataRecordException.class);
      }
      ByteBuffer longer = ByteBuffer.allocate(frame.length + 1).put(frame).rewind();
      assertThatThrownBy(() -> MetadataRecordType.decode(longer))
          .isInstanceOf(MetadataRecordException.class)
          .hasMessageContaining("1 bytes follow");
    }
  }
}
