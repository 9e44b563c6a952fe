package io.tailrace.coordinator.differential;

import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * In what Tailrace is meant to differ from Kafka, and why. Everything else is a defect. A test
 * fails when one of these is not seen any more, so that the list stays true.
 */
final class KnownDifferences {
  private static final Pattern WAITING = Pattern.compile("^answer \\d+ to (JOIN|SYNC)_GROUP ");

  /** UNKNOWN_TOPIC_OR_PARTITION and UNKNOWN_TOPIC_ID. */
  private static final Set<String> UNKNOWN_TOPICS = Set.of("3", "100");

  /**
   * ILLEGAL_GENERATION, INVALID_GROUP_ID, UNKNOWN_MEMBER_ID, REBALANCE_IN_PROGRESS,
   * UNSUPPORTED_VERSION, GROUP_ID_NOT_FOUND, FENCED_INSTANCE_ID, STALE_MEMBER_EPOCH.
   */
  private static final Set<String> REFUSALS =
      Set.of("22", "24", "25", "27", "35", "69", "82", "113");

  /** GROUP_ID_NOT_FOUND, ILLEGAL_GENERATION. */
  private static final Set<String> FORGOTTEN = Set.of("69", "22");

  private static final String REBALANCE_IN_PROGRESS = "27";
  private static final String UNKNOWN_SERVER_ERROR = "-1";

  /**
   * @param what Tailrace does
   * @param why Kafka does as it does, or we do not
   * @param matches which lines this accounts for
   * @param parts whether the two go their own ways from then on, so that a stream ends there
   * @param rare if only a campaign is sure to meet it
   */
  record Known(
      String what, String why, Predicate<Difference> matches, boolean parts, boolean rare) {

    Known(String what, String why, Predicate<Difference> matches, boolean parts) {
      this(what, why, matches, parts, false);
    }
  }

  static final List<Known> LIST =
      List.of(
          new Known(
              "The words of error messages are other ones",
              "They are for people to read. That there is one, is compared.",
              d -> d.path().endsWith(".errorMessage") && isText(d.kafka()) && isText(d.tailrace()),
              false),
          new Known(
              "A commit that the group refuses is refused for partitions that do not exist, too",
              "Kafka's handler answers for these before it asks the coordinator. A client acts on"
                  + " the refusal either way.",
              d ->
                  d.path().contains("OFFSET_COMMIT")
                      && UNKNOWN_TOPICS.contains(d.kafka())
                      && REFUSALS.contains(d.tailrace()),
              false),
          new Known(
              "A JoinGroup or SyncGroup that waits is answered when its member asks again or"
                  + " leaves",
              "Kafka forgets it: the client would wait for it until its own timeout. Had Kafka"
                  + " still answered, that answer would be a difference of its own.",
              d ->
                  WAITING.matcher(d.path()).find()
                      && d.kafka() == null
                      && (!d.path().endsWith(".errorCode") || REFUSALS.contains(d.tailrace())),
              false),
          new Known(
              "A group's generation has the timestamp of its rebalance for as long as it lasts",
              "Kafka has another in memory, which goes into the log when a static member comes"
                  + " back, but not when it begins, and so not over a restart. It counts for empty"
                  + " groups only, of which it is compared.",
              d ->
                  d.path().endsWith(".currentStateTimestamp")
                      && d.tailrace() != null
                      && d.inRecord("members.size") != null,
              false),
          new Known(
              "What a regular expression matches is stored without the version of the metadata",
              "Kafka resolves it on another thread, and compares versions to see what it has"
                  + " missed meanwhile. Here nothing comes between.",
              d ->
                  d.path().startsWith("record ConsumerGroupRegularExpressionKey")
                      && d.path().endsWith(".version")
                      && "0".equals(d.tailrace()),
              false),
          new Known(
              "No record is written that repeats a member's empty assignment",
              "Kafka writes one when the subscription changes to nothing that exists, or does not,"
                  + " depending on which object its empty map is.",
              d ->
                  d.path().startsWith("record ConsumerGroupCurrentMemberAssignmentKey")
                      && d.tailrace() == null
                      && "[]".equals(d.inRecord("assignedPartitions"))
                      && "[]".equals(d.inRecord("partitionsPendingRevocation"))
                      && d.inRecord("memberEpoch").equals(d.inRecord("previousMemberEpoch")),
              true),
          new Known(
              "Regular expressions are looked up if one is not resolved",
              "Kafka compares how many there are with how many are resolved. While one is given up,"
                  + " that is one too many: it looks up in vain, or not at all.",
              d ->
                  d.path().startsWith("record ConsumerGroupRegularExpressionKey")
                      && (d.kafka() == null || d.tailrace() == null)
                      && d.step() instanceof Step.Ask ask
                      && (ask.api() == Api.JOIN_GROUP
                          || ask.request() instanceof ConsumerGroupHeartbeatRequest heartbeat
                              && heartbeat.subscribedTopicRegex() != null),
              true),
          new Known(
              "After the leader of a classic group, who has been a member for longest leads",
              "Kafka takes the first of a hash table, which is anybody.",
              d -> d.path().endsWith(".leader") && isText(d.kafka()) && isText(d.tailrace()),
              true),
          new Known(
              "Partitions are shared out as evenly, but not each to the same member",
              "Kafka's choice among equals comes from the order of hash tables. That all are shared"
                  + " out, none twice, and as evenly, is checked.",
              d ->
                  d.path().startsWith("record ConsumerGroupTargetAssignmentMemberKey")
                      && d.path().contains(".topicPartitions"),
              true),
          new Known(
              "Sessions that end at one time, as after a load, end in another order",
              "Kafka's order is that of a hash table. It shows in what the group is subscribed to"
                  + " between two of them.",
              d -> d.step() instanceof Step.Wait && d.path().endsWith(".metadataHash"),
              true),
          new Known(
              "A static member that comes back before it has synced does not lead to a rebalance",
              "Kafka goes on waiting for its former self, and rebalances when that has not synced"
                  + " in time.",
              KnownDifferences::kafkaAwaitsFormerSelf,
              true,
              true),
          new Known(
              "An upgrade that comes to nothing leaves the classic group alone",
              "Kafka tells those who wait to join again before it knows.",
              d ->
                  d.tailrace() == null
                      && WAITING.matcher(d.path()).find()
                      && isOf(d, Api.CONSUMER_GROUP_HEARTBEAT),
              true,
              true),
          new Known(
              "A group is downgraded though a member's subscription can't be read",
              "Kafka refuses to let the last member of the consumer protocol go, for ever. Here"
                  + " the other gets its assignment in the first version.",
              d ->
                  d.path().startsWith("record GroupMetadataKey")
                      && d.kafka() == null
                      && "v3".equals(d.tailrace()),
              true,
              true),
          new Known(
              "A group that a replaced static member has made a classic one rebalances if its"
                  + " partitions are still on their way",
              "Kafka takes the target for what the members have: who waits for a partition does"
                  + " not get it until something else comes between.",
              KnownDifferences::rebalancesAfterReplacement,
              true,
              true),
          new Known(
              "A consumer that makes a classic group a consumer group always has its partitions"
                  + " shared out anew",
              "Kafka goes on with what was assigned last, if the consumer subscribes to what the"
                  + " static member before it did, or to nothing: while the group rebalances that"
                  + " is nothing at all, and nobody gets anything until something else comes"
                  + " between.",
              KnownDifferences::sharesOutAfterUpgrade,
              true),
          new Known(
              "If all members of a consumer group are classic, their heartbeats notice that members"
                  + " have gone and topics have changed",
              "Kafka leaves that to members of the consumer protocol. If the group may not be"
                  + " downgraded, there may be none for ever, and partitions that nobody reads.",
              d ->
                  d.toHosted()
                      && d.path().endsWith(".errorCode")
                      && "0".equals(d.kafka())
                      && REBALANCE_IN_PROGRESS.equals(d.tailrace()),
              true,
              true),
          new Known(
              "A consumer group without members outlives a JoinGroup with an unknown member id",
              "Kafka makes room for a classic group before it refuses, and has forgotten the group"
                  + " until the next restart.",
              d -> d.afterRefusal() && isForgotten(d),
              true,
              true),
          new Known(
              "A member that takes on an instance id keeps its target",
              "Kafka looks for it under the instance id, finds none, and assigns nothing until the"
                  + " next epoch. No client uses a member id both with and without one.",
              KnownDifferences::takesOnInstanceId,
              true,
              true),
          new Known(
              "The delay of a group's first rebalance is prolonged by members that come in it"
                  + " alone",
              "Kafka also counts one that came in an earlier first rebalance, if that ended at once"
                  + " because a member id that somebody was given had expired.",
              KnownDifferences::kafkaWaitsOneDelayMore,
              true,
              true),
          new Known(
              "A request that makes Kafka's coordinator throw is answered",
              "Kafka tells the client UNKNOWN_SERVER_ERROR: a defect, nobody relies on it.",
              d -> d.path().endsWith(".errorCode") && UNKNOWN_SERVER_ERROR.equals(d.kafka()),
              true));

  private final Set<Known> seen = new HashSet<>();

  private static boolean isOf(Difference d, Api api) {
    return d.step() instanceof Step.Ask ask && ask.api() == api;
  }

  private static boolean rebalancesAfterReplacement(Difference d) {
    return d.afterReplacement()
        && (d.path().endsWith(".groupState")
                && "Stable".equals(d.kafka())
                && "PreparingRebalance".equals(d.tailrace())
            || d.path().endsWith(".errorCode")
                && "0".equals(d.kafka())
                && REBALANCE_IN_PROGRESS.equals(d.tailrace())
            || d.path().endsWith(".currentStateTimestamp") && d.step() instanceof Step.Wait
            || d.path().startsWith("answer") && d.tailrace() == null && isOf(d, Api.JOIN_GROUP));
  }

  /** There are two epochs in one step then: that of the classic group, and the next. */
  private static boolean sharesOutAfterUpgrade(Difference d) {
    return isOf(d, Api.CONSUMER_GROUP_HEARTBEAT)
        && d.path().startsWith("record ConsumerGroupMetadataKey")
        && d.path().endsWith("#2.epoch")
        && d.kafka() == null;
  }

  private static boolean isText(String value) {
    return value != null && !value.equals("null") && !value.isEmpty();
  }

  /** If all is over before anybody asks, the one rebalance more shows in when the group emptied. */
  private static boolean kafkaAwaitsFormerSelf(Difference d) {
    return d.afterReturn()
        && (d.path().endsWith(".currentStateTimestamp") && d.step() instanceof Step.Wait
            || d.path().endsWith(".groupState")
                && "PreparingRebalance".equals(d.kafka())
                && "Stable".equals(d.tailrace())
            || d.path().endsWith(".errorCode")
                && REBALANCE_IN_PROGRESS.equals(d.kafka())
                && "0".equals(d.tailrace()));
  }

  private static boolean kafkaWaitsOneDelayMore(Difference d) {
    return d.path().endsWith(".currentStateTimestamp")
        && d.step() instanceof Step.Wait
        && isText(d.kafka())
        && isText(d.tailrace())
        && Long.parseLong(d.kafka()) - Long.parseLong(d.tailrace())
            == Streams.INITIAL_REBALANCE_DELAY_MS;
  }

  private static boolean isForgotten(Difference d) {
    return d.path().startsWith("record ConsumerGroupMetadataKey")
        || d.path().contains("OFFSET_FETCH")
            && d.path().endsWith(".errorCode")
            && "0".equals(d.kafka())
        || d.path().endsWith(".memberEpoch") && "1".equals(d.kafka())
        || d.path().contains("LIST_GROUPS")
        || d.path().endsWith(".groupState")
            && "Empty".equals(d.kafka())
            && "Dead".equals(d.tailrace())
        || d.path().endsWith(".errorCode") && FORGOTTEN.contains(String.valueOf(d.kafka()));
  }

  private static boolean takesOnInstanceId(Difference d) {
    return d.step() instanceof Step.Ask ask
        && ask.request() instanceof ConsumerGroupHeartbeatRequest heartbeat
        && heartbeat.instanceId() != null
        && heartbeat.memberEpoch() == 0
        && "[]".equals(d.kafka())
        && d.path()
            .equals(
                "record %s(groupId=%s, memberId=%s).assignedPartitions"
                    .formatted(
                        "ConsumerGroupCurrentMemberAssignmentKey",
                        heartbeat.groupId(),
                        heartbeat.memberId()));
  }

  /** Those that this list does not account for. */
  List<Difference> unknown(List<Difference> differences) {
    return differences.stream()
        .filter(difference -> LIST.stream().noneMatch(known -> matches(known, difference)))
        .toList();
  }

  /** Whether only one of them has shared the partitions out. */
  boolean isNewTarget(List<Difference> differences) {
    return differences.stream()
        .anyMatch(d ->
            d.path().startsWith("record ConsumerGroupTargetAssignmentMetadataKey")
                && (d.kafka() == null || d.tailrace() == null));
  }

  /** Whether the two sides go their own ways from here on. */
  boolean parts(List<Difference> differences) {
    return differences.stream()
        .anyMatch(d -> LIST.stream().anyMatch(known -> known.parts() && matches(known, d)));
  }

  private boolean matches(Known known, Difference difference) {
    boolean matches = known.matches().test(difference);
    if (matches) {
      seen.add(known);
    }
    return matches;
  }

  Set<Known> seen() {
    return seen;
  }
}
