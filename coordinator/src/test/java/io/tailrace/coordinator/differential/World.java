package io.tailrace.coordinator.differential;

import io.tailrace.coordinator.group.Topics.Topic;
import io.tailrace.protocol.Message;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;

/** What the clients of one stream have in common: chance, groups, topics, each other's ids. */
final class World {
  private static final List<String> NAMES =
      List.of("orders", "prices", "logs", "logs.old", "audit");

  private static final List<String> REGEXES =
      List.of("logs.*", "o.*|p.*", ".*", "audit", "[a-l].+", "");

  private final Random random;
  private final Map<String, Topic> topics = new TreeMap<>();
  private final List<Topic> gone = new ArrayList<>();
  private final List<String> memberIds = new ArrayList<>(List.of("", "nobody"));
  private Map<String, String> subscribers;
  private boolean migrates;
  private String promised = "";
  private int numbers;

  World(long seed) {
    random = new Random(seed);
    for (String name : NAMES.subList(0, 3)) {
      topics.put(name, new Topic(name, uuid(), 1 + below(4)));
    }
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  <T> T pick(List<T> from) {
    return from.get(below(from.size()));
  }

  UUID uuid() {
    return new UUID(random.nextLong() & ~0xf000L | 0x4000L, random.nextLong() >>> 2 | 1L << 63);
  }

  byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** One of two groups, mostly; now and then one that nobody is in, or none. */
  String group() {
    int dice = below(50);
    return dice == 0 ? "" : dice == 1 ? "g9" : dice % 2 == 0 ? "g0" : "g1";
  }

  /** Dynamic configs of a group; with few of them, assignments are computed at once. */
  Map<String, String> groupConfigs() {
    Map<String, String> configs = new TreeMap<>();
    if (chance(0.5)) {
      configs.put("consumer.assignment.interval.ms", chance(0.8) ? "0" : "5000");
    }
    if (chance(0.2)) {
      configs.put("consumer.session.timeout.ms", "50000");
    }
    if (chance(0.2)) {
      configs.put("consumer.heartbeat.interval.ms", "7000");
    }
    return configs;
  }

  /** A name that was not given yet. */
  String newName(String prefix) {
    return prefix + next();
  }

  /** A small number that was not given yet. */
  int next() {
    return numbers++;
  }

  /** A member id of anybody's, in any group. */
  String someMemberId() {
    return pick(memberIds);
  }

  /** Given to somebody who has not joined with it yet, as far as is known. */
  String promisedMemberId() {
    return promised;
  }

  void promised(String memberId) {
    promised = memberId;
    known(memberId);
  }

  /** Lets others use it by mistake. */
  void known(String memberId) {
    if (!memberIds.contains(memberId)) {
      memberIds.add(memberId);
    }
  }

  Collection<Topic> topics() {
    return List.copyOf(topics.values());
  }

  /** Adds a topic, removes one, makes it anew, or gives it more partitions. */
  Collection<Topic> changeTopics() {
    String name = pick(NAMES);
    Topic topic = topics.get(name);
    if (topic == null) {
      topics.put(name, new Topic(name, uuid(), 1 + below(4)));
    } else if (chance(0.5)) {
      topics.put(name, new Topic(name, topic.id(), topic.partitions() + 1 + below(2)));
    } else if (chance(0.5)) {
      gone.add(topics.put(name, new Topic(name, uuid(), 1 + below(4))));
    } else if (topics.size() > 1) {
      gone.add(topics.remove(name));
    }
    return topics();
  }

  /** Makes a topic anew. */
  Collection<Topic> renewTopic() {
    String name = liveTopic().name();
    gone.add(topics.put(name, new Topic(name, uuid(), 1 + below(4))));
    return topics();
  }

  Topic liveTopic() {
    return pick(List.copyOf(topics.values()));
  }

  /** One that is there, mostly. */
  Topic topic() {
    if (chance(0.05)) {
      return gone.isEmpty() ? new Topic("nowhere", uuid(), 3) : pick(gone);
    }
    return liveTopic();
  }

  /** Lets no two subscribe to the same topic, so that there is one way to share them out. */
  void oneSubscriberEach() {
    subscribers = new TreeMap<>();
  }

  /** Lets classic consumers put into their bytes what a migration reads there. */
  void migrates() {
    migrates = true;
  }

  boolean isMigrating() {
    return migrates;
  }

  List<String> someTopicNames(String subscriber) {
    List<String> names = new ArrayList<>();
    for (String name : NAMES) {
      if (chance(0.4)
          && (subscribers == null
              || subscribers.putIfAbsent(name, subscriber) == null
              || subscribers.get(name).equals(subscriber))) {
        names.add(name);
      } else if (subscribers != null) {
        subscribers.remove(name, subscriber);
      }
    }
    return names;
  }

  /** Of topics that it may subscribe to, some of which do not compile. */
  String someRegex(String subscriber) {
    if (chance(0.1)) {
      return "logs(";
    }
    return subscribers == null ? pick(REGEXES) : String.join("|", someTopicNames(subscriber));
  }

  /** A version of an API: often the newest, for that is what is used most. */
  short version(Api api) {
    return chance(0.5)
        ? api.highest()
        : (short) (api.lowest() + below(api.highest() - api.lowest() + 1));
  }

  /** A request of one of whom nobody expects to follow up on it. */
  Step.Ask ask(Api api, short version, Message request) {
    return new Step.Ask(api, version, request, "admin", answer -> {});
  }

  Step.Ask ask(
      Api api, short version, Message request, String clientId, Consumer<Message> answered) {
    return new Step.Ask(api, version, request, clientId, answered);
  }
}
