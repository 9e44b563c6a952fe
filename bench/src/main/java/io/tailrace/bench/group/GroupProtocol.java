package io.tailrace.bench.group;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.HeartbeatRequest;
import java.util.Locale;

/** How members of a group are kept in it. */
public enum GroupProtocol {
  /** JoinGroup, SyncGroup, Heartbeat: one of the members assigns. */
  CLASSIC(ApiKey.HEARTBEAT, 4, 3000) {
    @Override
    public Message heartbeat(Membership member) {
      return new HeartbeatRequest()
          .groupId(member.groupId())
          .memberId(member.memberId())
          .generationId(member.generation());
    }
  },

  /** ConsumerGroupHeartbeat (KIP-848): the broker assigns. */
  CONSUMER(ApiKey.CONSUMER_GROUP_HEARTBEAT, 1, 5000) {
    @Override
    public Message heartbeat(Membership member) {
      return new ConsumerGroupHeartbeatRequest()
          .groupId(member.groupId())
          .memberId(member.memberId())
          .memberEpoch(member.generation());
    }
  };

  private final ApiKey heartbeatKey;
  private final short heartbeatVersion;
  private final int intervalMs;

  GroupProtocol(ApiKey heartbeatKey, int heartbeatVersion, int intervalMs) {
    this.heartbeatKey = heartbeatKey;
    this.heartbeatVersion = (short) heartbeatVersion;
    this.intervalMs = intervalMs;
  }

  public ApiKey heartbeatKey() {
    return heartbeatKey;
  }

  public short heartbeatVersion() {
    return heartbeatVersion;
  }

  /**
   * Between two heartbeats of a member, by Kafka's defaults: {@code heartbeat.interval.ms} of the
   * client, {@code group.consumer.heartbeat.interval.ms} of the broker.
   */
  public int intervalMs() {
    return intervalMs;
  }

  /** What a member says that has nothing to tell. */
  public abstract Message heartbeat(Membership member);

  /** As in texts. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
