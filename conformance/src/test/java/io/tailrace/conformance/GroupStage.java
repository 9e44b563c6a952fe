package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.GroupType;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A broker and a group of real processes that read while records keep coming. For one thread.
 * {@link #finish} tells whether all was read, in order, and twice only what a killed or cut-off
 * member may not have committed.
 */
final class GroupStage implements AutoCloseable {
  private static final String GROUP = "readers";
  private static final String TOPIC = "numbers";
  private static final int PARTITIONS = 8;

  /** For short sessions, and heartbeats so often that rebalances are soon over. */
  private static final String[] BROKER_SETTINGS = {
    "-o", "group.initial.rebalance.delay.ms=0",
    "-o", "group.min.session.timeout.ms=1000",
    "-o", "group.consumer.min.session.timeout.ms=1000",
    "-o", "group.consumer.session.timeout.ms=3000",
    "-o", "group.consumer.min.heartbeat.interval.ms=100",
    "-o", "group.consumer.heartbeat.interval.ms=300",
    "-o", "offsets.topic.num.partitions=5",
  };

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final UnaryOperator<String> translation;
  private final GroupHistory history = new GroupHistory();
  private final List<MemberProcess> members = new ArrayList<>();
  private final int port;
  private final Path folder;
  private final NumberedProducer producer;
  private BrokerProcess broker;
  private int started;

  /** What a member is. */
  interface Kind {
    Command member(String bootstrap, String group, String topic);
  }

  /**
   * @param translation of what members print into what {@link GroupMember} prints
   */
  GroupStage(UnaryOperator<String> translation) throws Exception {
    this.translation = translation;
    port = BrokerProcess.freePort();
    folder = Files.createTempDirectory("tailrace-group");
    broker = new BrokerProcess(port, folder, BROKER_SETTINGS);
    try (Admin admin = admin()) {
      admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1))).all().get();
    }
    producer = new NumberedProducer(bootstrap(), TOPIC);
  }

  private String bootstrap() {
    return "127.0.0.1:" + port;
  }

  private Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", bootstrap()));
  }

  void restartBroker() throws Exception {
    broker.kill();
    broker = new BrokerProcess(port, folder, BROKER_SETTINGS);
  }

  MemberProcess join(Kind kind) throws IOException {
    Command command = kind.member(bootstrap(), GROUP, TOPIC);
    MemberProcess member = new MemberProcess("m" + ++started, command, translation, history);
    members.add(member);
    return member;
  }

  void leave(MemberProcess member) throws Exception {
    leave(List.of(member));
  }

  private void leave(List<MemberProcess> leaving) throws Exception {
    leaving.forEach(MemberProcess::askToLeave);
    for (MemberProcess member : leaving) {
      member.awaitLeft();
      members.remove(member);
      member.close();
    }
  }

  void kill(MemberProcess member) throws Exception {
    member.kill();
    members.remove(member);
    member.close();
  }

  /** Those who have joined and not left, the oldest first. */
  List<MemberProcess> members() {
    return List.copyOf(members);
  }

  /** Until each partition has one owner, and each member as many partitions as the others. */
  void awaitShared() {
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
  void awaitRebalance() {
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
  void awaitReading() {
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

  /** Of which protocol the group is, as admin clients are told. */
  GroupType type() throws Exception {
    try (Admin admin = admin()) {
      GroupListing group =
          admin.listGroups().all().get().stream()
              .filter(it -> it.groupId().equals(GROUP))
              .findAny()
              .orElseThrow();
      return group.type().orElseThrow();
    }
  }

  /** No more records are sent; once all are read the members leave. */
  void finish() throws Exception {
    producer.stop();
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
    leave(members());
    producer.acknowledged().forEach(history::check);
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

  @Override
  public void close() throws Exception {
    producer.close();
    for (MemberProcess member : members) {
      member.close();
    }
    broker.kill();
    Folders.delete(folder);
  }
}
