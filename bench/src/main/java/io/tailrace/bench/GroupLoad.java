package io.tailrace.bench;

import io.tailrace.bench.group.GroupAdmin;
import io.tailrace.bench.group.GroupProtocol;
import io.tailrace.bench.group.GroupTerms;
import io.tailrace.bench.group.Membership;
import io.tailrace.bench.group.RunningGroup;
import io.tailrace.bench.group.RunningGroup.Rebalance;
import io.tailrace.bench.group.StableGroups;
import io.tailrace.bench.load.Admin;
import io.tailrace.bench.load.Clients;
import io.tailrace.bench.load.HeartbeatExchange;
import io.tailrace.bench.load.Window;
import io.tailrace.bench.report.Figure;
import io.tailrace.bench.report.Round;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Runs the workloads of consumer groups on a target that serves all of them. */
record GroupLoad(Target target, Topics topics, Watch watch) {
  /** Of one connection. As many members as a connection has must not be in flight at once. */
  private static final int MOST_IN_FLIGHT = 100;

  Round heartbeats(HeartbeatWorkload workload, double runInSeconds, double seconds)
      throws IOException, InterruptedException {
    GroupProtocol protocol = workload.protocol();
    int connections = workload.connections();
    try (StableGroups groups = groups(workload);
        Clients clients = new Clients(target.name())) {
      clients.connect(
          List.of(target.address()),
          connections,
          MOST_IN_FLIGHT,
          1,
          Long.MAX_VALUE,
          i ->
              new HeartbeatExchange(
                  protocol.heartbeatKey(),
                  protocol.heartbeatVersion(),
                  groups.share(i, connections).stream().map(protocol::heartbeat).toList()));
      watch.meter().prepare();
      Window window = Window.of(System.nanoTime(), runInSeconds, seconds);
      clients.startPaced(window, workload.heartbeatsPerSecond());
      return watch.round(watch.over(clients, window), seconds);
    }
  }

  private StableGroups groups(HeartbeatWorkload workload) throws IOException, InterruptedException {
    try (Admin admin = new Admin(target.address())) {
      if (!admin.serves(GroupAdmin.NEEDS)) {
        return StableGroups.imagined(newName(), workload.groups(), workload.membersPerGroup());
      }
    }
    String topic = topics.empty(workload.membersPerGroup());
    watch.progress().detail("forming groups");
    return StableGroups.form(
        workload.protocol(),
        target.address(),
        newName(),
        workload.groups(),
        topic,
        workload.membersPerGroup());
  }

  Round rebalances(RebalanceWorkload workload) throws IOException, InterruptedException {
    String topic = topics.empty(workload.partitions());
    String groupId = newName();
    GroupTerms terms =
        new GroupTerms(
            workload.protocol(), target.address(), groupId, topic, workload.partitions());
    try (GroupAdmin admin = new GroupAdmin(target.address())) {
      admin.awaitCoordinator(List.of(groupId));
      List<Membership> left;
      Map<Figure, Double> figures = new EnumMap<>(Figure.class);
      try (RunningGroup group = new RunningGroup(terms)) {
        change(group, workload.members(), figures);
        left = group.memberships();
      }
      admin.remove(workload.protocol(), left);
      return Round.of(figures);
    }
  }

  private void change(RunningGroup group, int members, Map<Figure, Double> figures)
      throws IOException, InterruptedException {
    watch.progress().detail("all join");
    group.connect(members);
    Rebalance all = group.join();
    figures.put(Figure.ALL_JOIN_MS, all.totalMs());
    figures.put(Figure.ALL_JOIN_BROKER_MS, all.brokerMs());
    watch.progress().detail("one joins");
    group.connect(1);
    Rebalance one = group.join();
    figures.put(Figure.ONE_JOINS_MS, one.totalMs());
    figures.put(Figure.ONE_JOINS_BROKER_MS, one.brokerMs());
    watch.progress().detail("one leaves");
    Rebalance gone = group.leave();
    figures.put(Figure.ONE_LEAVES_MS, gone.totalMs());
    figures.put(Figure.ONE_LEAVES_BROKER_MS, gone.brokerMs());
  }

  private static String newName() {
    return "tailrace-bench-" + UUID.randomUUID();
  }
}
