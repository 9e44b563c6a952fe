package io.tailrace.coordinator.group.assign;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Assignors against what they promise, over random groups; a failure names its seed. */
class PartitionAssignorTest {
  private static final int SEEDS = 500;

  /** A group of which members, topics and subscriptions change. */
  private static final class World {
    final Random random;
    final Map<UUID, Integer> topics = new TreeMap<>();
    final Map<String, Set<UUID>> members = new TreeMap<>();
    final boolean sameTopics;
    Map<String, Assignment> target = Map.of();

    World(long seed, boolean sameTopics) {
      this.random = new Random(seed);
      this.sameTopics = sameTopics;
      for (int i = 0; i <= random.nextInt(5); i++) {
        topics.put(new UUID(random.nextLong(), i), random.nextInt(9));
      }
      for (int i = 0; i <= random.nextInt(7); i++) {
        addMember();
      }
    }

    void addMember() {
      members.put("member-" + random.nextInt(1000), someTopics());
    }

    Set<UUID> someTopics() {
      Set<UUID> some = new TreeSet<>(topics.keySet());
      if (!sameTopics) {
        some.removeIf(topic -> random.nextInt(3) == 0);
      }
      return some;
    }

    void change() {
      switch (random.nextInt(5)) {
        case 0 -> addMember();
        case 1 -> {
          if (members.size() > 1) {
            members.remove(anyMember());
          }
        }
        case 2 -> {
          UUID topic = anyTopic();
          topics.put(topic, topics.get(topic) + random.nextInt(4));
        }
        case 3 -> {
          if (topics.size() > 1) {
            UUID topic = anyTopic();
            topics.remove(topic);
            members.values().forEach(subscribed -> subscribed.remove(topic));
          }
        }
        default -> {
          if (!sameTopics) {
            members.put(anyMember(), someTopics());
          }
        }
      }
    }

    String anyMember() {
      return new ArrayList<>(members.keySet()).get(random.nextInt(members.size()));
    }

    UUID anyTopic() {
      return new ArrayList<>(topics.keySet()).get(random.nextInt(topics.size()));
    }

    List<MemberSpec> specs() {
      List<MemberSpec> specs = new ArrayList<>();
      members.forEach((id, subscribed) ->
          specs.add(
              new MemberSpec(id, null, subscribed, target.getOrDefault(id, Assignment.EMPTY))));
      return specs;
    }

    Map<UUID, Integer> subscribedTopics() {
      Map<UUID, Integer> subscribed = new HashMap<>(topics);
      subscribed
          .keySet()
          .removeIf(topic -> members.values().stream().noneMatch(topics -> topics.contains(topic)));
      return subscribed;
    }

    /** Partitions that have the owner they had. */
    int kept(Map<String, Assignment> next) {
      int kept = 0;
      for (String member : members.keySet()) {
        Assignment before = target.getOrDefault(member, Assignment.EMPTY);
        for (UUID topic : before.partitions().keySet()) {
          Set<Integer> both = new HashSet<>(before.of(topic));
          both.retainAll(next.get(member).of(topic));
          kept += both.size();
        }
      }
      return kept;
    }
  }

  private static int size(Assignment assignment) {
    return assignment.partitions().values().stream().mapToInt(Set::size).sum();
  }

  /** Every partition of a subscribed topic has one owner, who subscribes to it. */
  private static void assertComplete(World world, Map<String, Assignment> next, long seed) {
    assertThat(next.keySet()).as("seed %d", seed).isEqualTo(world.members.keySet());
    Map<UUID, Set<Integer>> given = new HashMap<>();
    next.forEach((member, assignment) ->
        assignment
            .partitions()
            .forEach((topic, partitions) -> {
              assertThat(world.members.get(member)).as("seed %d", seed).contains(topic);
              for (int partition : partitions) {
                assertThat(given.computeIfAbsent(topic, id -> new TreeSet<>()).add(partition))
                    .as("seed %d: %s-%d has one owner", seed, topic, partition)
                    .isTrue();
              }
            }));
    world
        .subscribedTopics()
        .forEach((topic, partitions) ->
            assertThat(given.getOrDefault(topic, Set.of()))
                .as("seed %d", seed)
                .hasSize(partitions)
                .allMatch(partition -> partition >= 0 && partition < partitions));
  }

  @ParameterizedTest
  @ValueSource(strings = {UniformAssignor.NAME, RangeAssignor.NAME})
  void everyPartitionHasOneOwnerThatSubscribesToIt(String name) {
    PartitionAssignor assignor = PartitionAssignor.named(name);
    for (long seed = 0; seed < SEEDS; seed++) {
      World world = new World(seed, seed % 2 == 0);
      for (int step = 0; step < 5; step++) {
        Map<String, Assignment> next = assignor.assign(world.specs(), world.subscribedTopics());
        assertComplete(world, next, seed);
        assertThat(assignor.assign(world.specs(), world.subscribedTopics()))
            .as("seed %d: the same again", seed)
            .isEqualTo(next);
        world.target = next;
        world.change();
      }
    }
  }

  @Test
  void uniformIsBalancedAndMovesNoMoreThanItMust() {
    for (long seed = 0; seed < SEEDS; seed++) {
      World world = new World(seed, true);
      for (int step = 0; step < 8; step++) {
        Map<String, Assignment> next =
            new UniformAssignor().assign(world.specs(), world.subscribedTopics());
        int total = world.topics.values().stream().mapToInt(Integer::intValue).sum();
        int share = total / world.members.size();
        assertThat(next.values())
            .as("seed %d", seed)
            .allMatch(assignment -> size(assignment) == share || size(assignment) == share + 1);
        assertThat(world.kept(next)).as("seed %d", seed).isEqualTo(mostThatCanBeKept(world, total));
        world.target = next;
        world.change();
      }
    }
  }

  /** Each keeps its share, and as many as there are odd ones keep one more. */
  private static int mostThatCanBeKept(World world, int total) {
    int share = total / world.members.size();
    int spare = total % world.members.size();
    int kept = 0;
    for (String member : world.members.keySet()) {
      int owned = 0;
      for (var topic :
          world.target.getOrDefault(member, Assignment.EMPTY).partitions().entrySet()) {
        int partitions = world.topics.getOrDefault(topic.getKey(), 0);
        owned += (int) topic.getValue().stream().filter(index -> index < partitions).count();
      }
      kept += Math.min(owned, share);
      if (owned > share && spare > 0) {
        kept++;
        spare--;
      }
    }
    return kept;
  }

  /** Those whom a member could give something to, or who could be given something for it. */
  private static Set<String> takers(
      String from, Map<String, Assignment> shares, Map<String, Set<UUID>> subscriptions) {
    Set<String> takers = new TreeSet<>(Set.of(from));
    for (int before = 0; takers.size() > before; ) {
      before = takers.size();
      for (String giver : List.copyOf(takers)) {
        for (UUID topic : shares.get(giver).partitions().keySet()) {
          subscriptions.forEach((member, subscribed) -> {
            if (subscribed.contains(topic)) {
              takers.add(member);
            }
          });
        }
      }
    }
    return takers;
  }

  @Test
  void uniformEvensOutAlongChainsOfMembers() {
    UUID ab = new UUID(0, 1);
    UUID bc = new UUID(0, 2);
    Assignment ofA = new Assignment(Map.of(ab, Set.of(0, 1, 2)));
    Assignment ofB = new Assignment(Map.of(bc, Set.of(0, 1)));
    Assignment ofC = new Assignment(Map.of(bc, Set.of(2)));
    List<MemberSpec> members =
        List.of(
            new MemberSpec("a", null, Set.of(ab), ofA),
            new MemberSpec("b", null, Set.of(ab, bc), ofB),
            new MemberSpec("c", null, Set.of(bc), ofC));
    assertThat(new UniformAssignor().assign(members, Map.of(ab, 3, bc, 3)).values())
        .allSatisfy(share -> assertThat(size(share)).isEqualTo(2));
  }

  @Test
  void uniformWithDifferentSubscriptionsLeavesNoMovesThatWouldEvenOut() {
    for (long seed = 0; seed < SEEDS; seed++) {
      World world = new World(seed, false);
      for (int step = 0; step < 8; step++) {
        Map<String, Assignment> next =
            new UniformAssignor().assign(world.specs(), world.subscribedTopics());
        for (String from : world.members.keySet()) {
          for (String to : takers(from, next, world.members)) {
            assertThat(size(next.get(from)) - size(next.get(to)))
                .as("partitions could move from %s, maybe by way of others, to %s", from, to)
                .isLessThanOrEqualTo(1);
          }
        }
        Map<String, Assignment> again = world.target = next;
        assertThat(new UniformAssignor().assign(world.specs(), world.subscribedTopics()))
            .as("seed %d: nothing moves without need", seed)
            .isEqualTo(again);
        world.change();
      }
    }
  }

  @Test
  void uniformSpreadsEachTopic() {
    UUID a = new UUID(0, 1);
    UUID b = new UUID(0, 2);
    Map<UUID, Integer> topics = Map.of(a, 4, b, 4);
    MemberSpec first = new MemberSpec("1", null, topics.keySet(), Assignment.EMPTY);
    MemberSpec second = new MemberSpec("2", null, topics.keySet(), Assignment.EMPTY);
    Map<String, Assignment> alone = new UniformAssignor().assign(List.of(first), topics);
    MemberSpec owner = new MemberSpec("1", null, topics.keySet(), alone.get("1"));
    for (List<MemberSpec> members : List.of(List.of(first, second), List.of(owner, second))) {
      new UniformAssignor()
          .assign(members, topics)
          .values()
          .forEach(assignment ->
              assertThat(assignment.partitions().values())
                  .allMatch(indexes -> indexes.size() == 2));
    }
  }

  @Test
  void rangeGivesNeighboursAndTheSameIndexesOfTopicsAlike() {
    UUID a = new UUID(0, 1);
    UUID b = new UUID(0, 2);
    Map<UUID, Integer> topics = Map.of(a, 5, b, 5);
    List<MemberSpec> members =
        List.of(
            new MemberSpec("a", null, topics.keySet(), Assignment.EMPTY),
            new MemberSpec("z", "instance", topics.keySet(), Assignment.EMPTY));
    Map<String, Assignment> next = new RangeAssignor().assign(members, topics);
    assertThat(next.get("z").partitions())
        .isEqualTo(Map.of(a, Set.of(0, 1, 2), b, Set.of(0, 1, 2)));
    assertThat(next.get("a").partitions()).isEqualTo(Map.of(a, Set.of(3, 4), b, Set.of(3, 4)));
  }

  @Test
  void manyMembersAndPartitionsTakeMilliseconds() {
    Map<UUID, Integer> topics = new HashMap<>();
    for (int i = 0; i < 20; i++) {
      topics.put(new UUID(1, i), 100);
    }
    for (boolean mixed : new boolean[] {false, true}) {
      Map<String, Assignment> target = Map.of();
      long bestNs = Long.MAX_VALUE;
      for (int round = 0; round < 20; round++) {
        List<MemberSpec> members = new ArrayList<>();
        for (int i = round; i < 500 + round; i++) {
          Set<UUID> subscribed = new TreeSet<>(topics.keySet());
          if (mixed) {
            subscribed.remove(new UUID(1, i % 20));
          }
          String id = "member-" + i;
          members.add(
              new MemberSpec(id, null, subscribed, target.getOrDefault(id, Assignment.EMPTY)));
        }
        long startNs = System.nanoTime();
        target = new UniformAssignor().assign(members, topics);
        bestNs = Math.min(bestNs, System.nanoTime() - startNs);
      }
      // Typically 1 to 3 ms; far more, so that a busy machine fails nothing.
      assertThat(bestNs).as("mixed: %s", mixed).isLessThan(100_000_000);
    }
  }
}
