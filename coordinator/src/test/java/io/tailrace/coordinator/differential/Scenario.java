package io.tailrace.coordinator.differential;

import java.util.List;

/** Clients that act by turns, while time passes and things change around them. */
final class Scenario {
  private static final long[] WAITS_MS = {
    1, 100, 500, 1000, 3000, 5000, 6000, 10_000, 30_000, 60_000, 300_000
  };

  private final World world;
  private final List<Actor> actors;
  private boolean restarting;

  /** A client. */
  interface Actor {
    Step act();
  }

  Scenario(World world, List<Actor> actors) {
    this.world = world;
    this.actors = actors;
  }

  Step next() {
    if (restarting) {
      restarting = false;
      return new Step.Restart();
    }
    int dice = world.below(100);
    if (dice < 15) {
      return new Step.Wait(WAITS_MS[world.below(WAITS_MS.length)] + world.below(90));
    }
    if (dice < 17) {
      return new Step.SetTopics(world.changeTopics());
    }
    if (dice < 18) {
      if (world.chance(0.5)) {
        return new Step.Configure(world.chance(0.5) ? "g0" : "g1", world.groupConfigs());
      }
      // Tailrace looks all regular expressions up after a load, Kafka if there are new topics.
      restarting = true;
      return new Step.SetTopics(world.renewTopic());
    }
    return world.pick(actors).act();
  }
}
