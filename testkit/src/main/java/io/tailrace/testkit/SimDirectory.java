package io.tailrace.testkit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A folder: names as they are, and as the device has them. */
final class SimDirectory extends SimNode {
  /** Name → file or folder. */
  TreeMap<String, SimNode> entries = new TreeMap<>();

  private TreeMap<String, SimNode> durable = new TreeMap<>();
  private final List<Change> unsynced = new ArrayList<>();

  private record Change(List<String> names, Consumer<TreeMap<String, SimNode>> effect) {}

  void put(String name, SimNode node) {
    change(List.of(name), to -> to.put(name, node));
  }

  void remove(String name) {
    change(List.of(name), to -> to.remove(name));
  }

  /** In one step: a crash leaves both or none. */
  void rename(String from, String to, SimNode node) {
    change(
        List.of(from, to),
        names -> {
          names.remove(from);
          names.put(to, node);
        });
  }

  private void change(List<String> names, Consumer<TreeMap<String, SimNode>> effect) {
    effect.accept(entries);
    unsynced.add(new Change(names, effect));
  }

  void sync() {
    durable = new TreeMap<>(entries);
    unsynced.clear();
  }

  @Override
  SimDirectory left(SplittableRandom random, SimDisk.Names order) {
    SimDirectory left = new SimDirectory();
    left.entries = new TreeMap<>(durable);
    switch (order) {
      case JOURNALLED -> keepFirst(random.nextInt(unsynced.size() + 1), left.entries);
      case ANY -> keepAny(random, left.entries);
    }
    left.entries.replaceAll((name, node) -> node.left(random, order));
    left.durable = new TreeMap<>(left.entries);
    return left;
  }

  private void keepFirst(int count, TreeMap<String, SimNode> names) {
    unsynced.subList(0, count).forEach(change -> change.effect().accept(names));
  }

  /** A change rests on those before it that concern one of its names. */
  private void keepAny(SplittableRandom random, TreeMap<String, SimNode> names) {
    Set<String> lost = new HashSet<>();
    for (Change change : unsynced) {
      if (random.nextBoolean() && change.names().stream().noneMatch(lost::contains)) {
        change.effect().accept(names);
      } else {
        lost.addAll(change.names());
      }
    }
  }
}
