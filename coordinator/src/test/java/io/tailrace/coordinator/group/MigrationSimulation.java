package io.tailrace.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.coordinator.group.GroupSettings.MigrationPolicy;
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
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One group of consumers of both protocols, told by a seed: they come, leave, crash, stop for a
 * while, lose requests and answers, and take each other's places as static members, so that the
 * group changes its protocol to and fro; the log refuses appends and is compacted; the coordinator
 * is replaced. After every event nobody may have what another has, and the log tells the same as
 * the state. Then there is quiet: all partitions must be shared out in time, in the protocol that
 * the members left make it.
 */
final class MigrationSimulation implements SimulatedConsumer.World {
  private static final int STORM_TICKS = 200;
  private static final int QUIET_TICKS = 500;
  private static final int TICK_MS = 1000;
  private static final int MAX_CLIENTS = 4;
  private static final int STORY_LINES = 120;
  private static final List<String> NAMES = List.of("a", "b", "c");

  /** Kept, lest it forget its level. */
  private static final Logger QUIET = Logger.getLogger("io.tailrace.coordinator");

  static {
    QUIET.setLevel(Level.OFF);
  }

  private final Random random;
  private final MigrationPolicy policy;
  private final boolean cooperative;
  final MigrationTestBed bed;
  private final List<SimulatedConsumer> consumers = new ArrayList<>();
  private final List<SimulatedClassic> classics = new ArrayList<>();
  private final Map<String, Set<String>> namesOf = new HashMap<>();
  private final Deque<String> story = new ArrayDeque<>();
  private String type = "";
  private int conversions;
  private int lastDowngrade;
  private List<Topics.Topic> sharedOut = List.of();
  private boolean quiet;
  private long tick;
  private int memberIds;

  MigrationSimulation(long seed) {
    // A Random by itself begins alike for seeds that are near each other.
    random = new Random(new SplittableRandom(seed).nextLong());
    policy =
        switch (random.nextInt(8)) {
          case 0 -> MigrationPolicy.UPGRADE;
          case 1 -> MigrationPolicy.DOWNGRADE;
          default -> MigrationPolicy.BIDIRECTIONAL;
        };
    cooperative = random.nextBoolean();
    bed = new MigrationTestBed(policy, random.nextBoolean() ? 0 : 3000);
    for (String name : NAMES) {
      bed.topics = bed.topics.with(name, 1 + random.nextInt(4));
    }
  }

  /** How often the group has changed its protocol. */
  int conversions() {
    return conversions;
  }

  /** The number of the last change to the classic protocol. */
  int lastDowngrade() {
    return lastDowngrade;
  }

  String story() {
    return "\n  " + policy + "\n  " + String.join("\n  ", story);
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

  @Override
  public int random(int bound) {
    return random.nextInt(bound);
  }

  long nowMs() {
    return tick * TICK_MS;
  }

  /** The leader of the classic group has shared out all partitions that there are. */
  void sharedOut() {
    sharedOut = List.copyOf(bed.topics.all());
  }

  /**
   * Whether a member leads a classic group, and there are partitions that it has not shared out: it
   * is to join again. One that has become the leader in the place of another may not know it in
   * Kafka's client (KIP-814); here it does.
   */
  boolean leadsBehind(String memberId) {
    return bed.group() instanceof ClassicGroup group
        && memberId.equals(group.members().leader())
        && !sharedOut.equals(List.copyOf(bed.topics.all()));
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
    for (int i = 0; i < QUIET_TICKS; i++, tick++) {
      beat();
    }
    assertAtRest();
  }

  private void beat() {
    bed.pass(TICK_MS);
    check();
    for (SimulatedConsumer consumer : List.copyOf(consumers)) {
      consumer.tick(nowMs());
      check();
    }
    for (SimulatedClassic classic : List.copyOf(classics)) {
      classic.tick(nowMs());
      check();
    }
    forgetGone();
  }

  private void forgetGone() {
    consumers.removeIf(SimulatedConsumer::isGone);
    classics.removeIf(SimulatedClassic::isGone);
  }

  private void disturb() {
    switch (random.nextInt(18)) {
      case 0, 1, 2 -> joinConsumer();
      case 3, 4, 5 -> joinClassic();
      case 6, 7 -> any(consumers, "leaves", consumer -> consumer.leave(false));
      case 8 -> any(consumers, "goes away", consumer -> consumer.leave(true));
      case 9 -> any(consumers, "crashes", SimulatedConsumer::crash);
      case 10 -> any(classics, "leaves", SimulatedClassic::leave);
      case 11 -> any(classics, "crashes", SimulatedClassic::crash);
      case 12 -> {
        int ms = random.nextInt(50_000);
        any(consumers, "pauses", consumer -> consumer.pause(ms));
        any(classics, "pauses", classic -> classic.pause(ms));
      }
      case 13 -> any(classics, "subscribes anew", this::subscribeAnew);
      case 14 -> {
        tell("the log refuses appends");
        bed.log.refuse(1 + random.nextInt(4));
      }
      case 15 -> {
        tell("another coordinator");
        if (random.nextBoolean()) {
          bed.handOver();
        } else {
          bed.restart();
        }
      }
      case 16 -> {
        String name = NAMES.get(random.nextInt(NAMES.size()));
        int partitions = bed.topics.topic(name).partitions() + 1;
        tell("topic %s grows to %d".formatted(name, partitions));
        bed.topics(bed.topics.with(name, partitions), name);
      }
      default -> {
        tell("compaction");
        bed.log.compact(random.nextInt(bed.log.batches() + 1), random.nextBoolean());
        bed.followAnew();
      }
    }
    check();
    forgetGone();
  }

  private void joinConsumer() {
    if (consumers.size() < MAX_CLIENTS) {
      SimulatedConsumer consumer =
          new SimulatedConsumer(this, MigrationTestBed.GROUP, "m" + ++memberIds, someInstance());
      consumer.subscribe(someNames(), "", random.nextBoolean() ? "uniform" : "range");
      consumers.add(consumer);
      tell("%s joins".formatted(consumer));
    }
  }

  private void joinClassic() {
    if (classics.size() < MAX_CLIENTS) {
      String instanceId = someInstance();
      SimulatedClassic classic = new SimulatedClassic(this, instanceId, cooperative);
      classic.subscribe(
          instanceId == null
              ? someNames()
              : namesOf.computeIfAbsent(instanceId, id -> someNames()));
      classics.add(classic);
      tell("%s joins".formatted(classic));
    }
  }

  /**
   * A static member of a classic group that comes back has its former self's partitions, whatever
   * it subscribes to now, until the group rebalances for another reason. So it is with Kafka, and
   * so those of an instance id always subscribe to the same here.
   */
  private void subscribeAnew(SimulatedClassic classic) {
    if (!classic.isStatic()) {
      classic.subscribe(someNames());
    }
  }

  private String someInstance() {
    return random.nextInt(3) == 0 ? "i" + random.nextInt(3) : null;
  }

  private Set<String> someNames() {
    Set<String> names = new TreeSet<>();
    for (String name : NAMES) {
      if (random.nextInt(4) > 0) {
        names.add(name);
      }
    }
    return names;
  }

  private <C> void any(List<C> clients, String what, Consumer<C> event) {
    if (!clients.isEmpty()) {
      C client = clients.get(random.nextInt(clients.size()));
      tell("%s %s".formatted(client, what));
      event.accept(client);
    }
  }

  @Override
  public ConsumerGroupHeartbeatResponse serve(ConsumerGroupHeartbeatRequest request) {
    try {
      return bed.heartbeat(request);
    } finally {
      check();
    }
  }

  @Override
  public Set<String> names(Set<UUID> ids) {
    Set<String> names = new TreeSet<>();
    ids.forEach(id -> names.add(bed.topics.topic(id).name()));
    return names;
  }

  @Override
  public void check() {
    bed.follow();
    Group group = bed.group();
    if (group == null) {
      return;
    }
    if (!type.equals(group.type()) && !group.isEmpty()) {
      conversions++;
      type = group.type();
      lastDowngrade = type.equals(Group.CLASSIC) ? conversions : lastDowngrade;
      tell("it is a %s group now".formatted(type));
    }
    checkOwners(group);
  }

  private record Partition(UUID topic, int index) {}

  /** As the clients have been told, those apart that are no members and don't know it yet. */
  private void checkOwners(Group group) {
    Map<Partition, Object> owners = new HashMap<>();
    for (SimulatedConsumer consumer : consumers) {
      if (isMember(group, consumer.memberId())) {
        check(owners, consumer, consumer.has());
      }
    }
    for (SimulatedClassic classic : classics) {
      if (!isMember(group, classic.memberId())) {
        classic.putOut();
      } else if (classic.isCurrent()) {
        check(owners, classic, classic.has());
      }
    }
  }

  private static boolean isMember(Group group, String memberId) {
    return switch (group) {
      case ConsumerGroup consumer -> consumer.member(memberId) != null;
      case ClassicGroup classic -> classic.members().get(memberId) != null;
      default -> false;
    };
  }

  private static void check(
      Map<Partition, Object> owners, Object owner, Map<UUID, Set<Integer>> partitions) {
    partitions.forEach((topic, indexes) ->
        indexes.forEach(index -> {
          Object other = owners.put(new Partition(topic, index), owner);
          if (other != null) {
            throw new AssertionError("%s and %s have %s-%d".formatted(other, owner, topic, index));
          }
        }));
  }

  /** All that somebody subscribes to has one owner, who subscribes to it. */
  private void assertAtRest() {
    Set<String> subscribed = new TreeSet<>();
    Map<Partition, Object> owners = new HashMap<>();
    boolean allClassic = true;
    for (SimulatedConsumer consumer : consumers) {
      if (consumer.isIn()) {
        allClassic = false;
        subscribed.addAll(consumer.matches(bed.topics));
        check(owners, consumer, consumer.has());
      } else {
        // Another has its instance id, or the group is not to be upgraded for it.
        assertThat(consumer.isRefused() || policy == MigrationPolicy.DOWNGRADE)
            .as("%s is refused", consumer)
            .isTrue();
      }
    }
    for (SimulatedClassic classic : classics) {
      assertThat(classic.isIn()).as("%s is in the group", classic).isTrue();
      assertThat(classic.names()).containsAll(names(classic.has().keySet()));
      subscribed.addAll(classic.names());
      check(owners, classic, classic.has());
    }
    int partitions =
        subscribed.stream().mapToInt(name -> bed.topics.topic(name).partitions()).sum();
    assertThat(owners).as("%s, owned", subscribed).hasSize(partitions);
    if (!subscribed.isEmpty()) {
      assertThat(bed.group().state()).isEqualTo("Stable");
      assertTypeAtRest(allClassic);
    }
  }

  private void assertTypeAtRest(boolean allClassic) {
    if (!allClassic) {
      assertThat(bed.group().type()).isEqualTo(Group.CONSUMER);
    } else if (policy.downgrades()) {
      assertThat(bed.group().type()).isEqualTo(Group.CLASSIC);
    }
  }
}
