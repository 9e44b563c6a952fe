package io.tailrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.message.ApiVersionsRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.OffsetCommitValue;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.RequestHeader;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Messages against bytes written by hand from the protocol's description. */
class MessageBytesTest {
  private static final HexFormat HEX = HexFormat.of();

  @Test
  void requestHeaderKeepsTheOldStringInFlexibleVersions() {
    RequestHeader header =
        new RequestHeader()
            .requestApiKey((short) 18)
            .requestApiVersion((short) 4)
            .correlationId(7)
            .clientId("ab");
    assertBytes(header, 1, "0012 0004 00000007 0002 6162");
    assertBytes(header, 2, "0012 0004 00000007 0002 6162 00");
  }

  @Test
  void produceRequestKeepsRecordsAsASlice() {
    byte[] frame = bytes("ffff 0001 000005dc 00000001 0001 74 00000001 00000003 00000002 cafe");
    ProduceRequest request = new ProduceRequest();
    request.read(new ProtocolReader(ByteBuffer.wrap(frame)), (short) 3);
    assertThat(request.transactionalId()).isNull();
    assertThat(request.acks()).isEqualTo((short) 1);
    assertThat(request.timeoutMs()).isEqualTo(1500);
    ProduceRequest.TopicProduceData topic = request.topicData().getFirst();
    assertThat(topic.name()).isEqualTo("t");
    assertThat(topic.partitionData().getFirst().index()).isEqualTo(3);
    MemoryRecords records = (MemoryRecords) topic.partitionData().getFirst().records();
    assertThat(records.buffer().array()).isSameAs(frame);
    assertThat(records.buffer()).isEqualTo(ByteBuffer.wrap(bytes("cafe")));
  }

  @Test
  void flexibleFetchRequestWritesTaggedFieldsInOrder() {
    FetchRequest request =
        new FetchRequest()
            .clusterId("c")
            .maxWaitMs(1)
            .minBytes(2)
            .topics(
                List.of(
                    new FetchRequest.FetchTopic()
                        .topicId(new UUID(1, 2))
                        .partitions(List.of(new FetchRequest.FetchPartition().highWatermark(9)))));
    request.replicaState().replicaId(5);
    assertBytes(
        request,
        18,
        "00000001 00000002 7fffffff 00 00000000 ffffffff"
            + "02 0000000000000001 0000000000000002"
            + "02 00000000 ffffffff 0000000000000000 ffffffff ffffffffffffffff 00000000"
            + "01 01 08 0000000000000009"
            + "00"
            + "01 01"
            + "02 00 02 0263 01 0d 00000005 ffffffffffffffff 00");
  }

  @Test
  void nullableStructHasAMarker() {
    ConsumerGroupHeartbeatResponse response = new ConsumerGroupHeartbeatResponse();
    assertBytes(response, 0, "00000000 0000 00 00 00000000 00000000 ff 00");
    response.assignment(new ConsumerGroupHeartbeatResponse.Assignment());
    assertBytes(response, 0, "00000000 0000 00 00 00000000 00000000 01 01 00 00");
  }

  @Test
  void nullableArrayDiffersFromAnEmptyOne() {
    assertBytes(new MetadataRequest().topics(null), 1, "ffffffff");
    assertBytes(new MetadataRequest(), 1, "00000000");
    assertBytes(new MetadataRequest().topics(null), 9, "00 01 00 00 00");
  }

  @Test
  void stringsAreUtf8() {
    String text = "grüße ✓ \uD83D\uDE80";
    ApiVersionsRequest request = new ApiVersionsRequest().clientSoftwareName(text);
    ApiVersionsRequest copy = new ApiVersionsRequest();
    copy.read(reader(write(request, 3)), (short) 3);
    assertThat(copy.clientSoftwareName()).isEqualTo(text);
  }

  @Test
  void readingResetsFieldsThatTheVersionLacks() {
    OffsetCommitValue value =
        new OffsetCommitValue().offset(5).leaderEpoch(3).topicId(new UUID(1, 2));
    value.read(reader(write(new OffsetCommitValue().offset(6), 0)), (short) 0);
    assertThat(value.offset()).isEqualTo(6);
    assertThat(value.leaderEpoch()).isEqualTo(-1);
    assertThat(value.topicId()).isEqualTo(Message.ZERO_UUID);
  }

  @Test
  void unknownTaggedFieldsAreSkipped() {
    ApiVersionsRequest request = new ApiVersionsRequest();
    request.read(reader(bytes("0261 0262 02 05 03 aabbcc 07 00")), (short) 3);
    assertThat(request.clientSoftwareVersion()).isEqualTo("b");
  }

  @Test
  void writingChecksWhatTheVersionCanHold() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> write(new FetchRequest().replicaId(1), 15))
        .withMessage("FetchRequest.replicaId is set, but does not exist in version 15");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> write(new MetadataRequest().topics(null), 0))
        .withMessageContaining("MetadataRequest.topics is null");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> write(new FetchRequest().rackId("x".repeat(40_000)), 11))
        .withMessageContaining("40000 bytes is too long");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> write(new FetchRequest(), 3))
        .withMessage("FetchRequest has versions 4 to 18, not 3");
    // Ignorable fields are dropped.
    assertThat(write(new FetchRequest().sessionId(9), 6))
        .hasSameSizeAs(write(new FetchRequest(), 6));
  }

  @Test
  void hostileBytesAreRefused() {
    assertMalformed(new MetadataRequest(), 1, "7fffffff 0000");
    assertMalformed(new MetadataRequest(), 1, "fffffffe");
    assertMalformed(new MetadataRequest(), 0, "ffffffff");
    assertMalformed(new MetadataRequest(), 9, "ffffffff7f");
    assertMalformed(new MetadataRequest(), 9, "ffffffff0f");
    assertMalformed(new MetadataRequest(), 9, "8080808080 01");
    assertMalformed(new ApiVersionsRequest(), 3, "");
    assertMalformed(new ApiVersionsRequest(), 3, "0261 8080808010");
    assertMalformed(new ApiVersionsRequest(), 3, "0261 0262 ffffffff07");
    assertMalformed(new ApiVersionsRequest(), 3, "0261 0262 01 05 04 aabbcc");
    assertMalformed(new ApiVersionsRequest(), 9, "00");
  }

  /** Kafka does not look at it either, so that there may be clients that get it wrong. */
  @Test
  void announcedSizeOfAKnownTaggedFieldDoesNotMatter() {
    FetchRequest request = new FetchRequest();
    request.read(
        reader(
            bytes(
                "ffffffff 00000001 00000002 7fffffff 00 00000000 ffffffff 01 01 01 01 00 07 0263")),
        (short) 12);
    assertThat(request.clusterId()).isEqualTo("c");
  }

  @Test
  void manyTinyElementsAreRefused() {
    int count = 200_000;
    ByteBuffer frame = ByteBuffer.allocate(3 + 2 * count);
    frame.put(bytes("c19a0c")); // varint of count + 1
    for (int i = 0; i < count; i++) {
      frame.put((byte) 1).put((byte) 0);
    }
    assertThatThrownBy(
            () -> new MetadataRequest().read(new ProtocolReader(frame.flip()), (short) 9))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("too many tiny elements");
  }

  @Test
  void fetchResponseSplicesRecordsThatAreNotInMemory() {
    Records file = () -> 1000;
    FetchResponse.PartitionData first = new FetchResponse.PartitionData().records(file);
    FetchResponse.PartitionData second =
        new FetchResponse.PartitionData()
            .records(new MemoryRecords(ByteBuffer.wrap(bytes("cafe"))));
    FetchResponse response =
        new FetchResponse()
            .responses(
                List.of(
                    new FetchResponse.FetchableTopicResponse().partitions(List.of(first, second))));
    ProtocolWriter out = new ProtocolWriter();
    response.write(out, (short) 16);
    assertThat(out.spliceCount()).isEqualTo(1);
    assertThat(out.splice(0)).isSameAs(file);
    assertThat(out.totalSize()).isEqualTo(out.size() + 1000);
    // Filled in where they belong, the bytes are those of records in memory.
    ByteBuffer whole = ByteBuffer.allocate((int) out.totalSize());
    whole.put(out.buffer().limit(out.splicePosition(0))).put(new byte[1000]);
    whole.put(out.buffer().position(out.splicePosition(0)));
    first.records(new MemoryRecords(ByteBuffer.allocate(1000)));
    assertThat(whole.array()).isEqualTo(write(response, 16));
  }

  @Test
  void splicesMoveWithTheTaggedFieldAroundThem() {
    ProtocolWriter out = new ProtocolWriter();
    out.writeRecords(() -> 5, true);
    int start = out.beginTaggedField(3);
    out.writeRecords(() -> 300, true);
    out.endTaggedField(start);
    out.writeByte((byte) 9);
    assertThat(out.buffer()).isEqualTo(ByteBuffer.wrap(bytes("06 03 ae02 ad02 09")));
    assertThat(out.splicePosition(0)).isEqualTo(1);
    assertThat(out.splicePosition(1)).isEqualTo(6);
    assertThat(out.totalSize()).isEqualTo(7 + 305);
  }

  /** One item in front shifts the others over every boundary at which the buffer grows. */
  @Test
  void bufferGrowsBeforeItIsWritten() {
    for (int offset = 0; offset < 20; offset++) {
      ProtocolWriter out = new ProtocolWriter();
      for (int i = 0; i < offset; i++) {
        out.writeByte((byte) i);
      }
      for (long i = 0; i < 200; i++) {
        out.writeLong(i);
        out.writeString("abc", true);
        out.writeShort((short) i);
        out.writeUnsignedVarint(1 << 20);
        out.writeInt((int) i);
      }
      ProtocolReader in = new ProtocolReader(out.buffer());
      for (int i = 0; i < offset; i++) {
        assertThat(in.readByte()).isEqualTo((byte) i);
      }
      for (long i = 0; i < 200; i++) {
        assertThat(in.readLong()).isEqualTo(i);
        assertThat(in.readString(true)).isEqualTo("abc");
        assertThat(in.readShort()).isEqualTo((short) i);
        assertThat(in.readUnsignedVarint()).isEqualTo(1 << 20);
        assertThat(in.readInt()).isEqualTo((int) i);
      }
    }
  }

  private static void assertBytes(Message message, int version, String hex) {
    assertThat(HEX.formatHex(write(message, version))).isEqualTo(hex.replace(" ", ""));
    Message copy = fresh(message);
    copy.read(reader(bytes(hex)), (short) version);
    assertThat(HEX.formatHex(write(copy, version))).isEqualTo(hex.replace(" ", ""));
  }

  private static Message fresh(Message message) {
    try {
      return message.getClass().getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertMalformed(Message message, int version, String hex) {
    assertThatThrownBy(() -> message.read(reader(bytes(hex)), (short) version))
        .as(hex)
        .isInstanceOf(MalformedMessageException.class);
  }

  private static byte[] write(Message message, int version) {
    ProtocolWriter out = new ProtocolWriter();
    message.write(out, (short) version);
    byte[] bytes = new byte[out.size()];
    out.buffer().get(bytes);
    return bytes;
  }

  private static ProtocolReader reader(byte[] bytes) {
    return new ProtocolReader(ByteBuffer.wrap(bytes));
  }

  private static byte[] bytes(String hex) {
    return HEX.parseHex(hex.replace(" ", ""));
  }
}
