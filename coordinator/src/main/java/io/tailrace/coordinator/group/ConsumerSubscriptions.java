package io.tailrace.coordinator.group;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the members of a group subscribe to, together. A copy takes a change that is not in the log
 * yet.
 */
final class ConsumerSubscriptions {

  /**
   * The topics that match a regular expression: a ConsumerGroupRegularExpression record.
   *
   * @param timestampMs when that was found out
   */
  record ResolvedRegex(SortedSet<String> topics, long timestampMs) {
    static final ResolvedRegex NONE =
        new ResolvedRegex(Collections.emptySortedSet(), Long.MIN_VALUE);
  }

  private final Map<String, Integer> topics;
  private final Map<String, Integer> regexes;
  private final Map<String, Integer> assignors;
  private final Map<String, ResolvedRegex> resolved;

  ConsumerSubscriptions() {
    this(new HashMap<>(), new TreeMap<>(), new HashMap<>(), new TreeMap<>());
  }

  private ConsumerSubscriptions(
      Map<String, Integer> topics,
      Map<String, Integer> regexes,
      Map<String, Integer> assignors,
      Map<String, ResolvedRegex> resolved) {
    this.topics = topics;
    this.regexes = regexes;
    this.assignors = assignors;
    this.resolved = resolved;
  }

  /** A copy in which a member's subscription has changed. */
  ConsumerSubscriptions with(
      @Nullable ConsumerSubscription before, @Nullable ConsumerSubscription after) {
    ConsumerSubscriptions copy = copy();
    copy.replace(before, after);
    return copy;
  }

  ConsumerSubscriptions copy() {
    return new ConsumerSubscriptions(
        new HashMap<>(topics),
        new TreeMap<>(regexes),
        new HashMap<>(assignors),
        new TreeMap<>(resolved));
  }

  /** A member's subscription has changed; null before it came, after it went. */
  void replace(@Nullable ConsumerSubscription before, @Nullable ConsumerSubscription after) {
    if (before != null) {
      before.topics().forEach(topic -> add(topics, topic, -1));
      add(regexes, before.regex(), -1);
      add(assignors, before.assignor(), -1);
    }
    if (after != null) {
      after.topics().forEach(topic -> add(topics, topic, 1));
      add(regexes, after.regex(), 1);
      add(assignors, after.assignor(), 1);
    }
  }

  private static void add(Map<String, Integer> counts, @Nullable String key, int delta) {
    if (key != null && !key.isEmpty()) {
      counts.merge(key, delta, (a, b) -> a + b == 0 ? null : a + b);
    }
  }

  void resolve(String regex, ResolvedRegex topics) {
    resolved.put(regex, topics);
  }

  void forget(String regex) {
    resolved.remove(regex);
  }

  /** Expressions that members subscribe to. */
  Set<String> regexes() {
    return Collections.unmodifiableSet(regexes.keySet());
  }

  int subscribers(String regex) {
    return regexes.getOrDefault(regex, 0);
  }

  @Nullable ResolvedRegex resolved(String regex) {
    return resolved.get(regex);
  }

  Set<String> resolvedRegexes() {
    return Collections.unmodifiableSet(resolved.keySet());
  }

  /** All are resolved together, so any tells for all; Long.MIN_VALUE if there is none. */
  long lastResolvedMs() {
    return resolved.isEmpty() ? Long.MIN_VALUE : resolved.values().iterator().next().timestampMs();
  }

  boolean contains(String topic) {
    return topics.containsKey(topic)
        || resolved.values().stream().anyMatch(regex -> regex.topics().contains(topic));
  }

  /** By name or by expression, whether they exist or not. */
  SortedSet<String> topicNames() {
    SortedSet<String> names = new TreeSet<>(topics.keySet());
    resolved.values().forEach(regex -> names.addAll(regex.topics()));
    return names;
  }

  /** Of one member. An expression that is not resolved matches nothing. */
  Set<String> topicsOf(ConsumerSubscription member) {
    ResolvedRegex regex = resolved.get(member.regex());
    if (regex == null || regex.topics().isEmpty()) {
      return member.topics();
    }
    Set<String> names = new TreeSet<>(member.topics());
    names.addAll(regex.topics());
    return names;
  }

  /**
   * The assignor that most members ask for.
   *
   * @param supported the first is the default, and wins a tie
   */
  String preferredAssignor(List<String> supported) {
    String preferred = supported.getFirst();
    for (String name : supported) {
      if (assignors.getOrDefault(name, 0) > assignors.getOrDefault(preferred, 0)) {
        preferred = name;
      }
    }
    return preferred;
  }
}
