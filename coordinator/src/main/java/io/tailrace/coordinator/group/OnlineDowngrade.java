package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.coordinator.runtime.CoordinatorResult.AppendListener;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.GroupMetadataValue;
import io.tailrace.protocol.message.GroupMetadataValue.MemberMetadata;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Makes a consumer group a classic group in place (KIP-848), when only members of the classic
 * protocol are left. Its epoch becomes the generation, and the target, which may not have been
 * reached, what the members are assigned; so it rebalances at once. For the shard's thread.
 *
 * <p>The group is made by its record; that it rebalances is lost with the process, as always.
 */
final class OnlineDowngrade {
  private static final Logger LOG = System.getLogger(OnlineDowngrade.class.getName());

  private final GroupContext context;
  private final ConsumerTimers timers;
  private final ClassicGroups classicGroups;

  OnlineDowngrade(GroupContext context, ConsumerTimers timers, ClassicGroups classicGroups) {
    this.context = context;
    this.timers = timers;
    this.classicGroups = classicGroups;
  }

  /** Whether a group is to become a classic one when members go. */
  boolean isDueWithout(ConsumerGroup group, Set<ConsumerMember> leaving) {
    int left = group.members().size() - leaving.size();
    return left > 0
        && group.members().stream()
            .allMatch(
                member -> member.subscription().usesClassicProtocol() || leaving.contains(member))
        && isAllowed(group, left);
  }

  /** Whether a group is to become a classic one when a classic member takes another's place. */
  boolean isDueReplacing(ConsumerGroup group, ConsumerMember replaced) {
    return !replaced.subscription().usesClassicProtocol()
        && group.members().stream()
            .allMatch(
                member -> member.equals(replaced) || member.subscription().usesClassicProtocol())
        && isAllowed(group, group.members().size());
  }

  private boolean isAllowed(ConsumerGroup group, int size) {
    GroupSettings settings = context.settings().get();
    boolean allowed = settings.migration().downgrades() && size <= settings.classicMaxSize();
    if (!allowed) {
      LOG.log(
          Level.INFO,
          "Group {0} stays a consumer group though all its members are classic: downgrades are"
              + " disabled, or {1} members are more than a classic group may have",
          group.groupId(),
          size);
    }
    return allowed;
  }

  /**
   * For members that go.
   *
   * @return to be told when the records are in the log
   */
  AppendListener without(
      ConsumerGroup group,
      Set<ConsumerMember> leaving,
      long nowMs,
      List<CoordinatorRecord> records) {
    List<ConsumerMember> staying = new ArrayList<>(group.members());
    staying.removeAll(leaving);
    return downgrade(group, group.memberIds(), staying, "members have left", nowMs, records);
  }

  /**
   * For a static member that another takes the place of.
   *
   * @param joining the one who does, as the records so far have it
   * @param rebalanceReason null if the group is to go on with what its members have
   * @return to be told when the records are in the log
   */
  AppendListener replacing(
      ConsumerGroup group,
      ConsumerMember replaced,
      ConsumerMember joining,
      @Nullable String rebalanceReason,
      long nowMs,
      List<CoordinatorRecord> records) {
    List<ConsumerMember> members = new ArrayList<>(group.members());
    members.remove(replaced);
    members.add(joining);
    Set<String> memberIds = new TreeSet<>(group.memberIds());
    memberIds.remove(replaced.memberId());
    memberIds.add(joining.memberId());
    return downgrade(group, memberIds, members, rebalanceReason, nowMs, records);
  }

  private AppendListener downgrade(
      ConsumerGroup group,
      Collection<String> memberIds,
      List<ConsumerMember> members,
      @Nullable String rebalanceReason,
      long nowMs,
      List<CoordinatorRecord> records) {
    Map<String, JoinTerms> terms = new HashMap<>();
    members.forEach(member -> terms.put(member.memberId(), terms(member)));
    Set<String> before = new TreeSet<>(group.memberIds());
    ConsumerRecords.addGroupTombstones(group, memberIds, records);
    records.add(ClassicRecords.record(group.groupId(), generation(group, members, nowMs)));
    return error -> {
      if (error == ErrorCode.NONE) {
        before.forEach(memberId -> timers.cancel(group.groupId(), memberId));
        classicGroups.takeOver(group.groupId(), terms, rebalanceReason, nowMs);
      }
    };
  }

  private static JoinTerms terms(ConsumerMember member) {
    ConsumerSubscription says = member.subscription();
    HostedTerms hosted = hosted(member);
    return new JoinTerms(says.rebalanceTimeoutMs(), hosted.sessionTimeoutMs(), hosted.protocols());
  }

  private static HostedTerms hosted(ConsumerMember member) {
    HostedTerms hosted = member.subscription().classic();
    if (hosted == null) {
      throw new IllegalStateException(member + " can't be in a classic group");
    }
    return hosted;
  }

  private GroupMetadataValue generation(
      ConsumerGroup group, List<ConsumerMember> members, long nowMs) {
    String protocol = ProtocolVote.winner(members.stream().map(OnlineDowngrade::terms).toList());
    return new GroupMetadataValue()
        .protocolType(Group.CONSUMER_PROTOCOL)
        .generation(group.epoch())
        .protocol(protocol)
        .leader(members.getFirst().memberId())
        .currentStateTimestamp(nowMs)
        .members(members.stream().map(member -> metadata(group, member, protocol)).toList());
  }

  private MemberMetadata metadata(ConsumerGroup group, ConsumerMember member, String protocol) {
    ConsumerSubscription says = member.subscription();
    JoinTerms terms = terms(member);
    byte[] subscription = terms.subscription(protocol);
    if (subscription == null) {
      throw new IllegalStateException("a protocol was chosen that not all know");
    }
    return new MemberMetadata()
        .memberId(member.memberId())
        .groupInstanceId(member.instanceId())
        .clientId(says.clientId())
        .clientHost(says.clientHost())
        .rebalanceTimeout(terms.rebalanceTimeoutMs())
        .sessionTimeout(terms.sessionTimeoutMs())
        .subscription(subscription)
        .assignment(
            ConsumerProtocol.assignment(
                group.target(member).partitions(), subscription, context.topics().get()));
  }
}
