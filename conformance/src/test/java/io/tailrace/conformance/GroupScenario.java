package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The life of a group of real processes while records keep coming: members join, share, leave in
 * order, one is killed, another joins, and the broker is killed amid a rebalance. In the end all
 * records were read, in order, and twice only what a killed or cut-off member may not have
 * committed.
 */
final class GroupScenario {
  private static final String GROUP = "readers";
  private static final String TOPIC = "numbers";
  private static final int PARTITIONS = 8;

  /** For sessions of {@link #SESSION_MS}, and heartbeats so often that rebalances are soon over. */
  private static final String[] BROKER_SETTINGS = {
    "-o", "group.initial.rebalance.delay.ms=0",
    "-o", "group.min.session.timeout.ms=1000",
    "-o", "group.consumer.min.session.timeout.ms=1000",
    "-o", "group.consumer.session.timeout.ms=3000",
    "-o", "group.consumer.min.heartbeat.interval.ms=100",
    "-o", "group.consumer.heartbeat.interval.ms=300",
    "-o", "offsets.topic.num.partitions=5",
  };

  static final int SESSION_MS = 3000;
  static final int HEARTBEAT_MS = 300;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Kind kind;
  private final UnaryOperator<String> translation;
  private final GroupHistory history = new GroupHistory();
  private final List<MemberProcess> members = new ArrayList<>();
  private final int port;
  private final Set<Step> left = EnumSet.allOf(Step.class);
  private int started;

  /** What not every client bears. */
  enum Step {
    ORDERLY_LEAVE,
    DEATH_OF_BROKER
  }

  /** What the members are. */
  interface Kind {
    Command member(String bootstrap, String group, String topic);
  }

  GroupScenario(Kind kind) throws IOException {
    this(kind, UnaryOperator.identity());
  }

  /**
   * @param translation of what members print into what {@link GroupMember} prints
   */
  GroupScenario(Kind kind, UnaryOperator<String> translation) throws IOException {
    this.kind = kind;
    this.translation = translation;
    this.port = BrokerProcess.freePort();
  }

  /** Leaves steps out that members of this kind are known not to bear. */
  GroupScenario without(Step... steps) {
    left.removeAll(List.of(steps));
    return this;
  }

  void run() throws Exception {
    Path folder = Files.createTempDirectory("tailrace-group");
    BrokerProcess broker = new BrokerProcess(port, folder, BROKER_SETTINGS);
    createTopic();
    try (NumberedProducer producer = new NumberedProducer(bootstrap(), TOPIC)) {
      MemberProcess first = join();
      awaitShared();
      MemberProcess second = join();
      join();
      awaitShared();
      if (left.contains(Step.ORDERLY_LEAVE)) {
        leave(second);
      } else {
        kill(second);
      }
      awaitShared();
      awaitReading(producer);
      kill(first);
      awaitShared();
      join();
      awaitShared();
      awaitReading(producer);
      join();
      if (left.contains(Step.DEATH_OF_BROKER)) {
        awaitRebalance();
        broker.kill();
        broker = new BrokerProcess(port, folder, BROKER_SETTINGS);
      }
      awaitShared();
      awaitReading(producer);
      producer.stop();
      awaitAllRead(producer);
      for (MemberProcess member : List.copyOf(members)) {
        leave(member);
      }
      producer.acknowledged().forEach(history::check);
    } finally {
      for (MemberProcess member : members) {
        member.close();
      }
      broker.kill();
      Folders.delete(folder);
    }
  }

  private String bootstrap() {
    return "127.0.0.1:" + port;
  }

  private void createTopic() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap()))) {
      admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1))).all().get();
    }
  }

  private MemberProcess join() throws IOException {
    Command command = kind.member(bootstrap(), GROUP, TOPIC);
    MemberProcess member = new MemberProcess("m" + ++started, command, translation, history);
    members.add(member);
    return member;
  }

  private void leave(MemberProcess member) throws Exception {
    member.leave();
    members.remove(member);
    member.close();
  }

  private void kill(MemberProcess member) throws Exception {
    member.kill();
    members.remove(member);
    member.close();
  }

  /** Until each partition has one owner, and each member as many partitions as the others. */
  private void awaitShared() {
    await(
        "partitions are shared",
        () -> {
          List<Integer> all = new ArrayList<>();
          for (MemberProcess member : members) {
            int size = member.owned().size();
            if (size < PARTITIONS / members.size() || size > PARTITIONS / members.size() + 1) {
              return false;
            }
            all.addAll(member.owned());
          }
          return all.size() == PARTITIONS && all.stream().distinct().count() == PARTITIONS;
        });
  }

  /** Until the newest member has a partition, or another member has given some away for it. */
  private void awaitRebalance() {
    await(
        "a rebalance has begun",
        () -> {
          int owned = 0;
          for (MemberProcess member : members) {
            owned += member.owned().size();
          }
          return owned < PARTITIONS || !members.getLast().owned().isEmpty();
        });
  }

  /** Until what has been sent up to now, and a little more, has been read. */
  private void awaitReading(NumberedProducer producer) {
    long enough = producer.count() + 100;
    await(
        "records are read",
        () -> {
          for (MemberProcess member : members) {
            member.owned();
          }
          return history.count() >= enough;
        });
  }

  private void awaitAllRead(NumberedProducer producer) {
    await(
        "all records are read",
        () -> {
          for (MemberProcess member : members) {
            member.owned();
          }
          return producer.acknowledged().entrySet().stream()
              .allMatch(it -> history.end(it.getKey()) > it.getValue().lastKey());
        });
    assertThat(producer.acknowledged().keySet()).hasSize(PARTITIONS);
  }

  private void await(String what, Callable<Boolean> condition) {
    try {
      Awaitility.await(what)
          .atMost(LIMIT)
          .pollInSameThread()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(20))
          .until(condition);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(what + ": " + members, e);
    }
  }
}
