package io.tailrace.bench;

import io.tailrace.bench.Workload.Kind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A target with the topics that the run makes there: a new one for each round of producing, and one
 * that is filled once for fetching. Closing deletes those that are left.
 */
final class Subject implements AutoCloseable {
  private static final int TRIES_FOR_NEW = 100;

  private final ProcFiles proc;
  private final Target target;
  private final LoadSettings settings;
  private final String prefix;
  private final List<String> created = new ArrayList<>();
  private int topics;
  private @Nullable String filledTopic;

  Subject(ProcFiles proc, Target target, LoadSettings settings) {
    this.proc = proc;
    this.target = target;
    this.settings = settings;
    this.prefix = "tailrace-bench-" + Integer.toHexString(new Random().nextInt());
    this.filledTopic = settings.topic();
  }

  String name() {
    return target.name();
  }

  Measurement measure(Workload workload, double runInSeconds, double seconds)
      throws IOException, InterruptedException {
    if (workload.kind() == Kind.FETCH) {
      if (filledTopic == null) {
        filledTopic = createFilled();
      }
      return load(filledTopic).measure(workload, runInSeconds, seconds);
    }
    String topic = settings.topic() == null ? create() : settings.topic();
    Measurement measurement = load(topic).measure(workload, runInSeconds, seconds);
    delete(topic);
    return measurement;
  }

  private String createFilled() throws IOException, InterruptedException {
    String topic = create();
    Workload prefill = Workload.prefill(settings.partitions());
    long batchBytes = Load.batch(prefill.recordsPerBatch(), 0).limit();
    load(topic).send(prefill, Workload.PREFILL_BYTES / batchBytes);
    return topic;
  }

  private Load load(String topic) throws IOException, InterruptedException {
    try (Admin admin = new Admin(target.address())) {
      List<InetSocketAddress> leaders =
          admin.leaders(topic, created.contains(topic) ? TRIES_FOR_NEW : 1);
      return new Load(proc, target, topic, leaders, settings.acks());
    }
  }

  private synchronized String create() throws IOException {
    String topic = prefix + "-" + topics++;
    try (Admin admin = new Admin(target.address())) {
      admin.createTopic(topic, settings.partitions());
    }
    created.add(topic);
    return topic;
  }

  private synchronized void delete(String topic) throws IOException {
    if (created.remove(topic)) {
      try (Admin admin = new Admin(target.address())) {
        admin.deleteTopic(topic);
      }
    }
  }

  @Override
  public synchronized void close() throws IOException {
    for (String topic : List.copyOf(created)) {
      delete(topic);
    }
  }
}
