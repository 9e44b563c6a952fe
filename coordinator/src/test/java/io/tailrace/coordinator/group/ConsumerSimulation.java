package io.tailrace.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One run, told by its seed: clients join, leave, crash, stop for a while, take their time, change
 * their subscriptions, lose requests and answers, and send again what was already served; topics
 * come, grow and go; the log refuses appends and is compacted; the coordinator restarts; its clock
 * jumps. After every event nobody may have what another has, no epoch goes back, and the log tells
 * the same as the state. Then there is quiet, and all groups have to come to rest in time.
 */
final class ConsumerSimulation implements SimulatedConsumer.World {
  private static final int STORM_TICKS = 150;
  private static final int TICK_MS = 1000;
  private static final int MAX_CLIENTS = 8;
  private static final int STORY_LINES = 100;
  private static final List<String> GROUPS = List.of("g1", "g2");
  private static final List<String> NAMES = List.of("a-1", "a-2", "b-1", "b-2", "c");
  private static final List<String> REGEXES = List.of("a-.*", "b-.*", ".*-1", "c|b-2");

  /** Kept, lest it forget its level: puttings out are many, and expected. */
  private static final Logger QUIET = Logger.getLogger("io.tailrace.coordinator");

  static {
    QUIET.setLevel(Level.OFF);
  }

  private final Random random;
  private final ConsumerTestBed bed = new ConsumerTestBed();
  private final List<SimulatedConsumer> clients = new ArrayList<>();
  private final Map<String, Integer> memberEpochs = new HashMap<>();
  private final Map<String, Integer> groupEpochs = new HashMap<>();
  private final Deque<String> story = new ArrayDeque<>();
  private final int maxPauseMs;
  private boolean quiet;
  private long tick;
  private int memberIds;

  ConsumerSimulation(long seed) {
    this.random = new Random(seed);
    this.maxPauseMs = 20_000 + random.nextInt(60_000);
    if (random.nextBoolean()) {
      bed.groupConfigs.remove(ConsumerSettings.ASSIGNMENT_INTERVAL);
    }
    for (String name : NAMES) {
      if (random.nextInt(4) > 0) {
        bed.topics = bed.topics.with(name, 1 + random.nextInt(6));
      }
    }
  }

  int membersSoFar() {
    return memberIds;
  }

  String story() {
    return "\n  " + String.join("\n  ", story);
  }

  @Override
  public void tell(String line) {
    if (story.size() == STORY_LINES) {
      story.removeFirst();
    }
    story.add("%d %s".formatted(tick, line));
  }

  @Override
  public boolean oneIn(int n) {
    return !quiet && random.nextInt(n) == 0;
  }

  void run() {
    for (; tick < STORM_TICKS; tick++) {
      if (oneIn(3)) {
        disturb();
      }
      beat();
    }
    quiet = true;
    bed.log.refuse(0);
    tell("quiet");
    for (int i = 0; i < ticksToRest(); i++, tick++) {
      beat();
    }
    GROUPS.forEach(this::assertAtRest);
  }

  /** Sessions and revocations end, expressions are looked up, and all tell each other. */
  private int ticksToRest() {
    int heartbeats = 10 * GroupSettings.DEFAULT.consumerHeartbeatMs();
    int ms =
        GroupSettings.DEFAULT.consumerSessionMs()
            + 2 * ConsumerTestBed.REBALANCE_MS
            + (int) RegexSubscriptions.MIN_REFRESH_MS
            + maxPauseMs
            + heartbeats;
    return ms / TICK_MS;
  }

  private void beat() {
    bed.pass(TICK_MS);
    checkIfChanged();
    for (SimulatedConsumer client : List.copyOf(clients)) {
      client.tick(tick * TICK_MS);
    }
    clients.removeIf(SimulatedConsumer::isGone);
  }

  private void disturb() {
    switch (random.nextInt(14)) {
      case 0, 1, 2, 3 -> join();
      case 4 -> anyClient("leaves", client -> client.leave(false));
      case 5 -> anyClient("goes away", client -> client.leave(true));
      case 6 -> anyClient("crashes", SimulatedConsumer::crash);
      case 7 -> anyClient("pauses", client -> client.pause(random.nextInt(maxPauseMs)));
      case 8 -> anyClient("subscribes anew", client -> subscribe(client));
      case 9 -> changeTopic();
      case 10 -> {
        tell("the log refuses appends");
        bed.log.refuse(1 + random.nextInt(4));
      }
      case 11 -> {
        tell("restart");
        bed.restart();
      }
      case 12 -> {
        int ms = oneIn(4) ? -random.nextInt(20_000) : random.nextInt(60_000);
        tell("the clock jumps by %d".formatted(ms));
        bed.nowMs += ms;
      }
      default -> {
        tell("compaction");
        bed.log.compact(random.nextInt(bed.log.batches() + 1), random.nextBoolean());
        bed.followAnew();
        assertThat(bed.stateOfReplay()).isEqualTo(bed.state());
      }
    }
  }

  private void join() {
    if (clients.size() < MAX_CLIENTS) {
      String instance = oneIn(3) ? "i" + random.nextInt(3) : null;
      String group = GROUPS.get(random.nextInt(3) / 2);
      SimulatedConsumer client = new SimulatedConsumer(this, group, newMemberId(), instance);
      subscribe(client);
      clients.add(client);
      tell("%s joins".formatted(client));
    }
  }

  String newMemberId() {
    return "m" + ++memberIds;
  }

  private void subscribe(SimulatedConsumer client) {
    Set<String> names = new TreeSet<>();
    for (String name : NAMES) {
      if (random.nextBoolean()) {
        names.add(name);
      }
    }
    String regex = random.nextInt(3) == 0 ? REGEXES.get(random.nextInt(REGEXES.size())) : "";
    client.subscribe(names, regex, random.nextBoolean() ? "uniform" : "range");
  }

  private void anyClient(String what, Consumer<SimulatedConsumer> event) {
    if (!clients.isEmpty()) {
      SimulatedConsumer client = clients.get(random.nextInt(clients.size()));
      tell("%s %s".formatted(client, what));
      event.accept(client);
      clients.removeIf(SimulatedConsumer::isGone);
    }
  }

  private void changeTopic() {
    String name = NAMES.get(random.nextInt(NAMES.size()));
    Topics.Topic topic = bed.topics.topic(name);
    ConsumerTestTopics changed;
    if (topic == null) {
      changed = bed.topics.with(name, new UUID(1, random.nextLong()), 1 + random.nextInt(6));
    } else if (oneIn(2)) {
      changed = bed.topics.with(name, topic.partitions() + 1 + random.nextInt(3));
    } else {
      changed = bed.topics.without(name);
    }
    tell("topic %s: %s is now %s".formatted(name, topic, changed.topic(name)));
    bed.topics(changed, name);
  }

  @Override
  public ConsumerGroupHeartbeatResponse serve(ConsumerGroupHeartbeatRequest request) {
    try {
      return bed.send(request);
    } finally {
      checkIfChanged();
    }
  }

  @Override
  public Set<String> names(Set<UUID> ids) {
    Set<String> names = new TreeSet<>();
    for (UUID id : ids) {
      Topics.Topic topic = bed.topics.topic(id);
      if (topic != null) {
        names.add(topic.name());
      }
    }
    return names;
  }

  @Override
  public int random(int bound) {
    return random.nextInt(bound);
  }

  private void checkIfChanged() {
    if (bed.follow()) {
      check();
    }
  }

  /** What must hold at any time. */
  @Override
  public void check() {
    for (String groupId : GROUPS) {
      ConsumerGroup group = bed.find(groupId);
      if (group != null) {
        int before = groupEpochs.merge(groupId, group.epoch(), Math::max);
        holds(group.epoch() == before, "%s went back from epoch %d", groupId, before);
        holds(group.targetEpoch() <= group.epoch(), "%s has a target of later", groupId);
        checkMembers(group);
        checkOwners(group);
      }
    }
  }

  private static void holds(boolean condition, String message, Object... arguments) {
    if (!condition) {
      throw new AssertionError(message.formatted(arguments));
    }
  }

  private record Partition(UUID topic, int index) {}

  private void checkMembers(ConsumerGroup group) {
    Map<Partition, String> owners = new HashMap<>();
    for (ConsumerMember member : group.members()) {
      int before = memberEpochs.getOrDefault(member.memberId(), 0);
      if (member.epoch() != ConsumerAssignment.STATIC_LEAVE_EPOCH) {
        holds(member.epoch() >= before, "%s went back from epoch %d", member, before);
        holds(member.epoch() <= group.epoch(), "%s is ahead of its group", member);
        memberEpochs.put(member.memberId(), member.epoch());
      }
      for (var part : List.of(member.assignment().assigned(), member.assignment().revoking())) {
        part.forEach((topic, since) ->
            since
                .keySet()
                .forEach(index -> {
                  String other = owners.put(new Partition(topic, index), member.memberId());
                  holds(
                      other == null, "in the log %s has %s-%d of %s", other, topic, index, member);
                }));
      }
    }
  }

  /** As the clients have been told, those apart that have been put out and don't know it yet. */
  private void checkOwners(ConsumerGroup group) {
    Map<Partition, SimulatedConsumer> owners = new HashMap<>();
    for (SimulatedConsumer client : clients) {
      boolean isMember =
          client.groupId().equals(group.groupId()) && group.member(client.memberId()) != null;
      if (isMember) {
        client
            .has()
            .forEach((topic, partitions) ->
                partitions.forEach(index -> {
                  SimulatedConsumer other = owners.put(new Partition(topic, index), client);
                  holds(other == null, "%s and %s have %s-%d", other, client, topic, index);
                }));
      }
    }
  }

  /** All members have all of their target, and there is no partition that nobody has. */
  private void assertAtRest(String groupId) {
    ConsumerGroup group = bed.find(groupId);
    if (group == null || group.isEmpty()) {
      return;
    }
    assertThat(group.state()).as("%s", bed.state()).isEqualTo("Stable");
    Map<UUID, Set<Integer>> shared = new HashMap<>();
    Set<String> subscribed = new TreeSet<>();
    for (SimulatedConsumer client : clients) {
      if (client.groupId().equals(groupId) && !client.isRefused()) {
        subscribed.addAll(client.matches(bed.topics));
        assertThat(client.has())
            .as("what %s has", client)
            .isEqualTo(group.target(client.memberId()).partitions());
        client
            .has()
            .forEach((topic, partitions) -> {
              assertThat(client.matches(bed.topics)).contains(bed.topics.topic(topic).name());
              shared.computeIfAbsent(topic, id -> new TreeSet<>()).addAll(partitions);
            });
      }
    }
    for (String name : subscribed) {
      Topics.Topic topic = bed.topics.topic(name);
      assertThat(shared.get(topic.id())).as(name).hasSize(topic.partitions());
    }
  }
}
