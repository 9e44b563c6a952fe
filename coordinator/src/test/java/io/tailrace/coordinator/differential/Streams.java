package io.tailrace.coordinator.differential;

import io.tailrace.coordinator.differential.Scenario.Actor;
import io.tailrace.coordinator.group.GroupSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** The kinds of stream: who takes part. */
enum Streams {
  /** Commits without members. */
  OFFSETS(world -> List.of(new OffsetActor(world), new AdminActor(world))),

  CLASSIC_ALONE(world ->
      with(
          new AdminActor(world),
          new OffsetActor(world),
          many(2, i -> new ClassicActor(world, "g" + i, null, true)))),

  CLASSIC(world ->
      with(
          new AdminActor(world),
          new OffsetActor(world),
          many(6, i -> new ClassicActor(world, "g" + i % 2, null, false)))),

  CLASSIC_STATIC(world ->
      with(
          new AdminActor(world),
          many(5, i -> new ClassicActor(world, "g0", i < 4 ? "static" + i / 2 : null, false)))),

  CONSUMER(world ->
      with(
          new AdminActor(world),
          new OffsetActor(world),
          many(5, i -> new ConsumerActor(world, "g" + i % 2, null)))),

  CONSUMER_STATIC(world ->
      with(
          new AdminActor(world),
          many(5, i -> new ConsumerActor(world, "g0", i < 4 ? "static" + i / 2 : null)))),

  CONSUMER_ONE_EACH(world -> {
    world.oneSubscriberEach();
    return with(
        new AdminActor(world),
        new OffsetActor(world),
        many(4, i -> new ConsumerActor(world, "g0", i == 0 ? "static" : null)));
  }),

  /** Members of both protocols in one group, which is migrated to and fro. */
  MIGRATION(world -> {
    world.migrates();
    return with(
        new AdminActor(world),
        new OffsetActor(world),
        many(3, i -> new ClassicActor(world, "g0", i < 1 ? "static" : null, false)),
        many(3, i -> new ConsumerActor(world, "g0", i < 1 ? "static" : null)));
  }),

  /** So few that not much is left to chance. */
  MIGRATION_ONE_EACH(world -> {
    world.migrates();
    world.oneSubscriberEach();
    return with(
        new AdminActor(world),
        new ClassicActor(world, "g0", world.chance(0.5) ? "static" : null, false),
        new ConsumerActor(world, "g0", "static"),
        new ConsumerActor(world, "g0", null));
  });

  static final int METADATA_MAX = 12;
  static final int INITIAL_REBALANCE_DELAY_MS = 500;

  private final Function<World, List<Actor>> actors;

  Streams(Function<World, List<Actor>> actors) {
    this.actors = actors;
  }

  /** Runs one stream; what it does depends on its seed alone. */
  void run(Differential differential, int steps) {
    World world = differential.world();
    differential.run(new Scenario(world, actors.apply(world)), steps);
  }

  /** Small limits, so that they are met. */
  static GroupSettings settings(long seed) {
    GroupSettings.MigrationPolicy[] policies = GroupSettings.MigrationPolicy.values();
    return new GroupSettings(
        METADATA_MAX,
        24L * 3600 * 1000,
        600_000,
        6_000,
        300_000,
        seed % 3 == 0 ? 0 : INITIAL_REBALANCE_DELAY_MS,
        seed % 5 == 0 ? 3 : 100,
        45_000,
        45_000,
        60_000,
        5_000,
        5_000,
        15_000,
        1_000,
        0,
        15_000,
        seed % 5 == 0 ? 3 : 100,
        seed % 7 == 0 ? List.of("range") : List.of("uniform", "range"),
        600_000,
        seed % 4 == 0 ? policies[(int) (seed / 4 % policies.length)] : policies[0]);
  }

  private static List<Actor> many(int count, IntFunction<Actor> actor) {
    return IntStream.range(0, count).mapToObj(actor).toList();
  }

  private static List<Actor> with(Object... parts) {
    List<Actor> actors = new ArrayList<>();
    for (Object part : parts) {
      if (part instanceof Actor actor) {
        actors.add(actor);
      } else {
        ((List<?>) part).forEach(each -> actors.add((Actor) each));
      }
    }
    return actors;
  }
}
