package io.tailrace.bench.group;

import io.tailrace.bench.BenchException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;

/**
 * Many groups whose members have all joined and have their partitions. Nobody speaks for them until
 * somebody sends their heartbeats, which must be within their session timeout. Closing has them
 * leave, and deletes the groups.
 */
public final class StableGroups implements AutoCloseable {
  /** Groups that are made at a time: their members need a connection each meanwhile. */
  private static final int AT_A_TIME = 200;

  private static final int PAUSE_MS = 200;

  private final List<Membership> members;
  private final Removal removal;

  /** What ends them. */
  private interface Removal {
    void run() throws IOException;
  }

  private StableGroups(List<Membership> members, Removal removal) {
    this.members = members;
    this.removal = removal;
  }

  /** As {@link #form}, for a broker that takes a heartbeat from anybody: nobody joins. */
  public static StableGroups imagined(String prefix, int groups, int membersPerGroup) {
    List<Membership> members =
        IntStream.range(0, groups * membersPerGroup)
            .mapToObj(
                i -> new Membership(prefix + "-" + i / membersPerGroup, prefix + "-member-" + i, 1))
            .toList();
    return new StableGroups(members, () -> {});
  }

  /**
   * Makes them, with as many members each as the topic has partitions.
   *
   * @param prefix of their names
   */
  public static StableGroups form(
      GroupProtocol protocol,
      InetSocketAddress broker,
      String prefix,
      int groups,
      String topic,
      int partitions)
      throws IOException, InterruptedException {
    List<String> ids = IntStream.range(0, groups).mapToObj(i -> prefix + "-" + i).toList();
    try (GroupAdmin admin = new GroupAdmin(broker)) {
      admin.awaitCoordinator(ids);
    }
    Semaphore room = new Semaphore(AT_A_TIME);
    List<Future<List<Membership>>> forming = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (String id : ids) {
        room.acquire();
        RunningGroup group =
            new RunningGroup(new GroupTerms(protocol, broker, id, topic, partitions, PAUSE_MS));
        group.connect(partitions);
        forming.add(threads.submit(() -> form(group, room)));
      }
    }
    List<Membership> members = new ArrayList<>();
    for (Future<List<Membership>> group : forming) {
      members.addAll(get(group));
    }
    return new StableGroups(members, () -> remove(protocol, broker, members));
  }

  private static void remove(
      GroupProtocol protocol, InetSocketAddress broker, List<Membership> members)
      throws IOException {
    try (GroupAdmin admin = new GroupAdmin(broker)) {
      admin.remove(protocol, members);
    }
  }

  private static List<Membership> form(RunningGroup connected, Semaphore room)
      throws InterruptedException {
    try (RunningGroup group = connected) {
      group.join();
      return group.memberships();
    } finally {
      room.release();
    }
  }

  private static List<Membership> get(Future<List<Membership>> group) throws InterruptedException {
    try {
      return group.get();
    } catch (ExecutionException e) {
      throw new BenchException("a group could not be formed: " + e.getMessage(), e);
    }
  }

  /** Those of every {@code count}th member from {@code index} on, so that all are in one. */
  public List<Membership> share(int index, int count) {
    List<Membership> share = new ArrayList<>();
    for (int i = index; i < members.size(); i += count) {
      share.add(members.get(i));
    }
    return share;
  }

  @Override
  public void close() throws IOException {
    removal.run();
  }
}
