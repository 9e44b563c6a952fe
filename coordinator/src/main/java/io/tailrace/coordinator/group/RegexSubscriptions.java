package io.tailrace.coordinator.group;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.tailrace.coordinator.group.ConsumerSubscriptions.ResolvedRegex;
import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.protocol.ErrorCode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Subscriptions by regular expression, in RE2's syntax. They are looked up in the topics apart from
 * the heartbeat that asks for it, all those of a group together, so that one change of the topics
 * shares out the partitions once. Internal topics match as any other, as in Kafka: the client says
 * whether it wants them by its expression.
 */
final class RegexSubscriptions {
  private static final Logger LOG = System.getLogger(RegexSubscriptions.class.getName());

  /** So far apart are two lookups of a group's expressions at least. */
  static final long MIN_REFRESH_MS = 10_000;

  /** What a heartbeat does to a member's expression. */
  enum Change {
    NONE,
    /** The topics that match are not known yet: partitions are shared out when they are. */
    UNRESOLVED,
    RESOLVED
  }

  private record Refresh(String groupId) {}

  private final ConsumerGroups groups;
  private final GroupContext context;

  RegexSubscriptions(ConsumerGroups groups, GroupContext context) {
    this.groups = groups;
    this.context = context;
  }

  /**
   * A member's subscription changes.
   *
   * @param subscriptions those of the group with the change; what nobody uses any more goes
   * @throws CoordinatorException INVALID_REGULAR_EXPRESSION
   */
  Change change(
      ConsumerGroup group,
      ConsumerMember before,
      ConsumerMember after,
      ConsumerSubscriptions subscriptions,
      List<CoordinatorRecord> records) {
    String old = before.subscription().regex();
    String regex = after.subscription().regex();
    if (regex.equals(old)) {
      return Change.NONE;
    }
    if (!old.isEmpty() && subscriptions.subscribers(old) == 0) {
      records.add(ConsumerRecords.noRegex(group.groupId(), old));
      subscriptions.forget(old);
    }
    if (regex.isEmpty() || subscriptions.resolved(regex) != null) {
      return Change.RESOLVED;
    }
    Pattern unused = compile(regex);
    return Change.UNRESOLVED;
  }

  private static Pattern compile(String regex) {
    if (!ConsumerHeartbeatCheck.fitsKey(regex)) {
      throw invalid(regex.substring(0, 100), "it is longer than 32767 bytes");
    }
    if (RegexSize.isTooLarge(regex)) {
      throw invalid(regex, "its repetitions, written out, are too large, or its groups too deep");
    }
    try {
      return Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      throw invalid(regex, e.getDescription());
    }
  }

  private static CoordinatorException invalid(String regex, String reason) {
    return new CoordinatorException(
        ErrorCode.INVALID_REGULAR_EXPRESSION,
        "SubscribedTopicRegex `%s` is not a valid regular expression: %s."
            .formatted(regex, reason));
  }

  /** Sees to it that the expressions are looked up, if there is reason to and it is time. */
  void scheduleRefresh(ConsumerGroup group, ConsumerSubscriptions subscriptions, long nowMs) {
    Refresh key = new Refresh(group.groupId());
    if (!subscriptions.regexes().isEmpty()
        && !context.timers().isScheduled(key)
        && isDue(group, subscriptions, nowMs)) {
      context.timers().schedule(key, nowMs, now -> refresh(key.groupId(), now));
    }
  }

  private boolean isDue(ConsumerGroup group, ConsumerSubscriptions subscriptions, long nowMs) {
    long lastMs = group.subscriptions().lastResolvedMs();
    long ageMs = nowMs - lastMs;
    if (lastMs == Long.MIN_VALUE || ageMs < 0) {
      return true;
    }
    return ageMs > MIN_REFRESH_MS
        && (group.lookups().areRegexesDue()
            || !subscriptions.resolvedRegexes().containsAll(subscriptions.regexes())
            || ageMs > groups.settings().regexRefreshMs());
  }

  private CoordinatorResult<@Nullable Void> refresh(String groupId, long nowMs) {
    List<CoordinatorRecord> records = new ArrayList<>();
    if (!(context.group(groupId) instanceof ConsumerGroup group)) {
      return CoordinatorResult.of(records);
    }
    ConsumerSubscriptions subscriptions = group.subscriptions().copy();
    boolean changed = false;
    for (Map.Entry<String, SortedSet<String>> match : matches(subscriptions).entrySet()) {
      String regex = match.getKey();
      ResolvedRegex before = subscriptions.resolved(regex);
      ResolvedRegex after = new ResolvedRegex(match.getValue(), nowMs);
      changed |= !after.topics().equals(before == null ? new TreeSet<>() : before.topics());
      subscriptions.resolve(regex, after);
      records.add(ConsumerRecords.regex(groupId, regex, after));
    }
    int epoch = groups.bumpEpoch(group, subscriptions, changed, nowMs, records);
    return new CoordinatorResult<>(
        records,
        CompletableFuture.completedFuture(null),
        error -> {
          if (error == ErrorCode.NONE) {
            group.lookups().topicsFound(epoch);
            group.lookups().regexesResolved();
          }
        });
  }

  private Map<String, SortedSet<String>> matches(ConsumerSubscriptions subscriptions) {
    Map<Pattern, SortedSet<String>> byPattern = new LinkedHashMap<>();
    Map<String, SortedSet<String>> matches = new TreeMap<>();
    for (String regex : subscriptions.regexes()) {
      SortedSet<String> names = new TreeSet<>();
      matches.put(regex, names);
      try {
        byPattern.put(compile(regex), names);
      } catch (CoordinatorException e) {
        LOG.log(Level.WARNING, "a subscription matches nothing: {0}", e.getMessage());
      }
    }
    for (Topics.Topic topic : context.topics().get().all()) {
      byPattern.forEach((pattern, names) -> {
        if (pattern.matches(topic.name())) {
          names.add(topic.name());
        }
      });
    }
    return matches;
  }
}
