package io.tailrace.metadata;

import io.tailrace.protocol.MalformedMessageException;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.ProtocolReader;
import io.tailrace.protocol.ProtocolWriter;
import io.tailrace.protocol.message.BrokerRegistrationChangeRecord;
import io.tailrace.protocol.message.ConfigRecord;
import io.tailrace.protocol.message.FeatureLevelRecord;
import io.tailrace.protocol.message.FenceBrokerRecord;
import io.tailrace.protocol.message.NoOpRecord;
import io.tailrace.protocol.message.PartitionChangeRecord;
import io.tailrace.protocol.message.PartitionRecord;
import io.tailrace.protocol.message.ProducerIdsRecord;
import io.tailrace.protocol.message.RegisterBrokerRecord;
import io.tailrace.protocol.message.RemoveTopicRecord;
import io.tailrace.protocol.message.TopicRecord;
import io.tailrace.protocol.message.UnfenceBrokerRecord;
import io.tailrace.protocol.message.UnregisterBrokerRecord;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/**
 * The kinds of metadata record that are understood, and their frame in the value of a log record,
 * as KRaft writes it (KIP-631): three unsigned varints, then the message.
 *
 * <pre>
 *   frameVersion (1), apiKey (the kind), version (of the message), message
 * </pre>
 */
enum MetadataRecordType {
  REGISTER_BROKER(0, 4, RegisterBrokerRecord.class, RegisterBrokerRecord::new),
  UNREGISTER_BROKER(1, 0, UnregisterBrokerRecord.class, UnregisterBrokerRecord::new),
  TOPIC(2, 0, TopicRecord.class, TopicRecord::new),
  PARTITION(3, 2, PartitionRecord.class, PartitionRecord::new),
  CONFIG(4, 0, ConfigRecord.class, ConfigRecord::new),
  PARTITION_CHANGE(5, 2, PartitionChangeRecord.class, PartitionChangeRecord::new),
  FENCE_BROKER(7, 0, FenceBrokerRecord.class, FenceBrokerRecord::new),
  UNFENCE_BROKER(8, 0, UnfenceBrokerRecord.class, UnfenceBrokerRecord::new),
  REMOVE_TOPIC(9, 0, RemoveTopicRecord.class, RemoveTopicRecord::new),
  FEATURE_LEVEL(12, 0, FeatureLevelRecord.class, FeatureLevelRecord::new),
  PRODUCER_IDS(15, 0, ProducerIdsRecord.class, ProducerIdsRecord::new),
  BROKER_REGISTRATION_CHANGE(
      17, 3, BrokerRegistrationChangeRecord.class, BrokerRegistrationChangeRecord::new),
  NO_OP(20, 0, NoOpRecord.class, NoOpRecord::new);

  private static final int FRAME_VERSION = 1;

  private final int apiKey;
  private final short version;
  private final Class<? extends Message> messageClass;
  private final Supplier<Message> newMessage;

  /**
   * @param version the one written at {@link ControllerSettings#METADATA_VERSION_4_3}, and the
   *     highest one read
   */
  MetadataRecordType(
      int apiKey,
      int version,
      Class<? extends Message> messageClass,
      Supplier<Message> newMessage) {
    this.apiKey = apiKey;
    this.version = (short) version;
    this.messageClass = messageClass;
    this.newMessage = newMessage;
  }

  /** The version that is written. */
  short version() {
    return version;
  }

  static byte[] encode(Message record) {
    for (MetadataRecordType type : values()) {
      if (type.messageClass == record.getClass()) {
        ProtocolWriter out = new ProtocolWriter();
        out.writeUnsignedVarint(FRAME_VERSION);
        out.writeUnsignedVarint(type.apiKey);
        out.writeUnsignedVarint(type.version);
        record.write(out, type.version);
        byte[] frame = new byte[out.size()];
        out.buffer().get(frame);
        return frame;
      }
    }
    throw new IllegalArgumentException(record.getClass() + " is no metadata record");
  }

  /**
   * @throws MetadataRecordException if it is not one whole record of a kind that is understood
   */
  static Message decode(ByteBuffer frame) {
    ProtocolReader in = new ProtocolReader(frame);
    try {
      int frameVersion = in.readUnsignedVarint();
      if (frameVersion != FRAME_VERSION) {
        throw new MetadataRecordException("unknown frame version " + frameVersion);
      }
      int apiKey = in.readUnsignedVarint();
      int version = in.readUnsignedVarint();
      Message record = newRecord(apiKey, version);
      record.read(in, (short) version);
      if (in.remaining() > 0) {
        throw new MetadataRecordException(
            "%d bytes follow the %s".formatted(in.remaining(), record.getClass().getSimpleName()));
      }
      return record;
    } catch (MalformedMessageException e) {
      throw new MetadataRecordException("malformed metadata record: " + e.getMessage());
    }
  }

  private static Message newRecord(int apiKey, int version) {
    for (MetadataRecordType type : values()) {
      if (type.apiKey == apiKey && version >= 0 && version <= type.version) {
        return type.newMessage.get();
      }
    }
    throw new MetadataRecordException(
        "metadata record of type %d (%s), version %d, is not supported by this version of Tailrace"
            .formatted(apiKey, nameOf(apiKey), version));
  }

  private static String nameOf(int apiKey) {
    for (MetadataRecordType type : values()) {
      if (type.apiKey == apiKey) {
        return type.messageClass.getSimpleName();
      }
    }
    return switch (apiKey) {
      case 10 -> "DelegationTokenRecord";
      case 11 -> "UserScramCredentialRecord";
      case 14 -> "ClientQuotaRecord";
      case 18 -> "AccessControlEntryRecord";
      case 19 -> "RemoveAccessControlEntryRecord";
      case 22 -> "RemoveUserScramCredentialRecord";
      case 23 -> "BeginTransactionRecord";
      case 24 -> "EndTransactionRecord";
      case 25 -> "AbortTransactionRecord";
      case 26 -> "RemoveDelegationTokenRecord";
      case 27 -> "RegisterControllerRecord";
      case 28 -> "ClearElrRecord";
      default -> "unknown";
    };
  }
}
