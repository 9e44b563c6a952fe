package io.tailrace.bench;

import io.tailrace.bench.load.Admin;
import io.tailrace.bench.load.Batches;
import io.tailrace.bench.load.Clients;
import io.tailrace.bench.load.ProduceExchange;
import io.tailrace.bench.load.Rotation;
import io.tailrace.bench.load.Window;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The topics that the run makes on one target: new ones for producing, and some that are filled
 * once for fetching. Closing deletes those that are left.
 */
final class Topics implements AutoCloseable {
  private static final int TRIES_FOR_NEW = 300;
  private static final int FILL_IN_FLIGHT = 5;
  private static final short ACKS_LEADER = 1;

  private final Target target;
  private final Progress progress;
  private final String prefix = "tailrace-bench-" + Integer.toHexString(new Random().nextInt());
  private final List<String> created = new ArrayList<>();
  private final Map<Fill, String> filled = new HashMap<>();
  private final Map<Integer, String> empty = new HashMap<>();
  private int topics;

  /** What a topic is filled with: each partition with about so many bytes. */
  record Fill(int partitions, int recordsPerBatch, long bytes) {
    long batches() {
      return bytes / Batches.sizeOf(recordsPerBatch);
    }

    /** Of the whole batches in a partition. */
    long actualBytes() {
      return batches() * Batches.sizeOf(recordsPerBatch);
    }
  }

  Topics(Target target, Progress progress) {
    this.target = target;
    this.progress = progress;
  }

  synchronized String create(int partitions, Map<String, String> settings) throws IOException {
    String topic = prefix + "-" + topics++;
    try (Admin admin = new Admin(target.address())) {
      admin.createTopic(topic, partitions, settings);
    }
    created.add(topic);
    return topic;
  }

  /** A topic without records that workloads share; made when it is asked for first. */
  String empty(int partitions) throws IOException, InterruptedException {
    String known = empty.get(partitions);
    if (known == null) {
      known = create(partitions, Map.of());
      empty.put(partitions, known);
      leaders(known);
    }
    return known;
  }

  /** Deletes it, if the run has made it. */
  synchronized void delete(String topic) throws IOException {
    if (created.remove(topic)) {
      try (Admin admin = new Admin(target.address())) {
        admin.deleteTopic(topic);
      }
    }
  }

  /** The addresses of the partitions' leaders. */
  List<InetSocketAddress> leaders(String topic) throws IOException, InterruptedException {
    int tries;
    synchronized (this) {
      tries = created.contains(topic) ? TRIES_FOR_NEW : 1;
    }
    try (Admin admin = new Admin(target.address())) {
      return admin.leaders(topic, tries);
    }
  }

  /** A topic that is filled so; made when it is asked for first. */
  String filled(Fill fill) throws IOException, InterruptedException {
    String known = filled.get(fill);
    if (known != null) {
      return known;
    }
    progress.detail(
        "filling a topic with %,d MB".formatted(fill.bytes() * fill.partitions() >> 20));
    String topic = create(fill.partitions(), Map.of());
    List<InetSocketAddress> leaders = leaders(topic);
    try (Clients clients = new Clients(target.name())) {
      clients.connect(
          leaders, leaders.size(), FILL_IN_FLIGHT, 1, fill.batches(), i -> filler(topic, i, fill));
      clients.start(Window.unlimited(System.nanoTime()));
      clients.join();
    }
    filled.put(fill, topic);
    return topic;
  }

  private static ProduceExchange filler(String topic, int partition, Fill fill) {
    return new ProduceExchange(
        topic,
        Rotation.only(partition),
        ACKS_LEADER,
        Batches.batch(fill.recordsPerBatch(), System.currentTimeMillis()),
        FILL_IN_FLIGHT,
        false);
  }

  @Override
  public synchronized void close() throws IOException {
    for (String topic : List.copyOf(created)) {
      delete(topic);
    }
  }
}
