package io.tailrace.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A folder: names as they are, and as the device has them. Changes reach the device in order, like
 * a journal: all of them at a sync, and at a power loss the first few, by a throw of the dice.
 */
final class SimDirectory extends SimNode {
  /** Name → file or folder. */
  TreeMap<String, SimNode> entries = new TreeMap<>();

  private TreeMap<String, SimNode> durable = new TreeMap<>();
  private final List<Consumer<TreeMap<String, SimNode>>> unsynced = new ArrayList<>();

  void put(String name, SimNode node) {
    change(to -> to.put(name, node));
  }

  void remove(String name) {
    change(to -> to.remove(name));
  }

  /** In one step: a crash leaves both or none. */
  void rename(String from, String to, SimNode node) {
    change(names -> {
      names.remove(from);
      names.put(to, node);
    });
  }

  private void change(Consumer<TreeMap<String, SimNode>> change) {
    change.accept(entries);
    unsynced.add(change);
  }

  void sync() {
    durable = new TreeMap<>(entries);
    unsynced.clear();
  }

  @Override
  void losePower(SplittableRandom random) {
    int kept = random.nextInt(unsynced.size() + 1);
    unsynced.subList(0, kept).forEach(change -> change.accept(durable));
    unsynced.clear();
    entries = new TreeMap<>(durable);
    entries.values().forEach(node -> node.losePower(random));
  }
}
