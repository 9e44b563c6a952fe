package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicListing;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Creates and deletes topics of a few names, over and over, until told to stop, whatever becomes of
 * the broker. What was answered must be so for ever.
 */
final class TopicChurn implements Runnable {
  private static final int NAMES = 8;

  private final Admin admin;
  private final Random random;
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private volatile boolean stopped;

  /** Id by name of the topics that are there, and ids of those that are not; guarded by this. */
  private final Map<String, Uuid> created = new HashMap<>();

  private final Set<Uuid> deleted = new HashSet<>();

  TopicChurn(Admin admin, long seed) {
    this.admin = admin;
    this.random = new Random(seed);
  }

  @Override
  public void run() {
    try {
      while (!stopped) {
        String name = "churn-" + random.nextInt(NAMES);
        Uuid id = idOf(name);
        if (id == null) {
          create(name);
        } else {
          delete(name, id);
        }
      }
    } catch (InterruptedException | ExecutionException | RuntimeException e) {
      failure.set(e);
    }
  }

  private synchronized Uuid idOf(String name) {
    return created.get(name);
  }

  /** A try that got no answer may have done it. */
  private void create(String name) throws InterruptedException, ExecutionException {
    NewTopic topic = new NewTopic(name, 3, (short) 1);
    Uuid id;
    try {
      id = admin.createTopics(List.of(topic)).topicId(name).get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
      id = admin.describeTopics(List.of(name)).allTopicNames().get().get(name).topicId();
    }
    synchronized (this) {
      assertThat(deleted).doesNotContain(id);
      created.put(name, id);
    }
  }

  private void delete(String name, Uuid id) throws InterruptedException, ExecutionException {
    synchronized (this) {
      created.remove(name);
    }
    try {
      admin.deleteTopics(List.of(name)).all().get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
        throw e;
      }
    }
    synchronized (this) {
      deleted.add(id);
    }
  }

  /** Fails if a topic is not there that ought to be, or the other way round. */
  void check(Admin other) throws InterruptedException, ExecutionException {
    Map<String, Uuid> before;
    Set<Uuid> gone;
    synchronized (this) {
      before = new HashMap<>(created);
      gone = new HashSet<>(deleted);
    }
    Set<Uuid> found =
        other.listTopics().listings().get().stream()
            .map(TopicListing::topicId)
            .collect(Collectors.toSet());
    synchronized (this) {
      before.entrySet().retainAll(created.entrySet());
    }
    assertThat(found).containsAll(before.values());
    gone.retainAll(found);
    assertThat(gone).as("topics that had been deleted").isEmpty();
  }

  synchronized int deletedCount() {
    return deleted.size();
  }

  void stop() {
    stopped = true;
  }

  /** What has ended it, null if nothing has. */
  Exception failure() {
    return failure.get();
  }
}
