package io.tailrace.coordinator.group;

import com.google.re2j.Pattern;
import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A client of the consumer protocol, as Kafka's consumer does it: one request at a time; all that
 * it has to say after a failure, else only what is new; partitions are given up before others are
 * taken, which may take a while.
 */
final class SimulatedConsumer {
  private static final int HEARTBEAT_MS = 5000;

  /** What it lives in. */
  interface World {
    boolean oneIn(int n);

    int random(int bound);

    void tell(String line);

    /**
     * @throws CoordinatorException if it is refused
     */
    ConsumerGroupHeartbeatResponse serve(ConsumerGroupHeartbeatRequest request);

    /** Of those topics that still exist. */
    Set<String> names(Set<UUID> ids);

    /** Something has changed. */
    void check();
  }

  private final World world;
  private final String groupId;
  private final @Nullable String instanceId;
  private String memberId;
  private int epoch;
  private Set<String> names = Set.of();
  private String regex = "";
  private String assignor = "uniform";

  private Map<UUID, Set<Integer>> owned = Map.of();
  private @Nullable Map<UUID, Set<Integer>> assigned;
  private long revokedAtMs;
  private @Nullable Map<UUID, Set<Integer>> reported;

  private long nextMs;
  private boolean sayAll = true;
  private boolean subscriptionIsNew;
  private boolean gone;
  private boolean refused;

  SimulatedConsumer(World world, String groupId, String memberId, @Nullable String instanceId) {
    this.world = world;
    this.groupId = groupId;
    this.memberId = memberId;
    this.instanceId = instanceId;
  }

  @Override
  public String toString() {
    return "%s(%s%s, epoch %d)"
        .formatted(memberId, groupId, instanceId == null ? "" : " " + instanceId, epoch);
  }

  String groupId() {
    return groupId;
  }

  String memberId() {
    return memberId;
  }

  boolean isGone() {
    return gone;
  }

  boolean isIn() {
    return epoch > 0;
  }

  /** Another has its instance id: it tries again and again. */
  boolean isRefused() {
    return refused;
  }

  void subscribe(Set<String> newNames, String newRegex, String newAssignor) {
    names = newNames;
    regex = newRegex;
    assignor = newAssignor;
    subscriptionIsNew = true;
  }

  /** Existing topics that it subscribes to. */
  Set<String> matches(Topics topics) {
    Set<String> matches = new TreeSet<>();
    for (Topics.Topic topic : topics.all()) {
      if (names.contains(topic.name())
          || !regex.isEmpty() && Pattern.matches(regex, topic.name())) {
        matches.add(topic.name());
      }
    }
    return matches;
  }

  /** All that it may be working on: what it has been told to take, and has not yet given up. */
  Map<UUID, Set<Integer>> has() {
    Map<UUID, Set<Integer>> has = new TreeMap<>();
    for (Map<UUID, Set<Integer>> part : List.of(owned, assigned == null ? owned : assigned)) {
      part.forEach((topic, partitions) ->
          has.computeIfAbsent(topic, id -> new TreeSet<>()).addAll(partitions));
    }
    return has;
  }

  void crash() {
    gone = true;
  }

  void pause(int ms) {
    nextMs += ms;
    revokedAtMs += ms;
  }

  void leave(boolean comesBack) {
    owned = Map.of();
    assigned = null;
    gone = true;
    boolean away = comesBack && instanceId != null;
    if (epoch > 0 && !world.oneIn(5)) {
      try {
        world.serve(request(away ? -2 : -1).instanceId(instanceId));
      } catch (CoordinatorException e) {
        world.tell("%s can't leave: %s".formatted(this, e.getMessage()));
      }
    }
  }

  private ConsumerGroupHeartbeatRequest request(int memberEpoch) {
    return new ConsumerGroupHeartbeatRequest()
        .groupId(groupId)
        .memberId(memberId)
        .memberEpoch(memberEpoch);
  }

  void tick(long nowMs) {
    boolean revoked = assigned != null && nowMs >= revokedAtMs;
    if (revoked) {
      owned = assigned;
      assigned = null;
    }
    if (revoked && !owned.equals(reported) || nowMs >= nextMs) {
      nextMs = nowMs + HEARTBEAT_MS;
      beat(nowMs);
    }
  }

  private void beat(long nowMs) {
    ConsumerGroupHeartbeatRequest request = nextRequest();
    if (world.oneIn(12)) {
      world.tell("%s: the request is lost".formatted(this));
      sayAll = true;
      return;
    }
    try {
      ConsumerGroupHeartbeatResponse response = world.serve(request);
      if (world.oneIn(12)) {
        world.tell("%s: asks again at once".formatted(this));
        sayAll = true;
        request = nextRequest();
        response = world.serve(request);
      }
      if (world.oneIn(12)) {
        world.tell("%s: the answer is lost".formatted(this));
        sayAll = true;
        return;
      }
      answered(request, response, nowMs);
    } catch (CoordinatorException e) {
      failed(e);
    }
  }

  private ConsumerGroupHeartbeatRequest nextRequest() {
    ConsumerGroupHeartbeatRequest request = request(epoch);
    boolean all = sayAll || epoch == 0;
    if (all) {
      request.instanceId(instanceId).rebalanceTimeoutMs(ConsumerTestBed.REBALANCE_MS);
    }
    if (all || subscriptionIsNew) {
      request
          .subscribedTopicNames(List.copyOf(names))
          .subscribedTopicRegex(regex)
          .serverAssignor(assignor);
    }
    if (all || !owned.equals(reported)) {
      request.topicPartitions(ConsumerTestBed.owning(owned));
    }
    return request;
  }

  private void answered(
      ConsumerGroupHeartbeatRequest request, ConsumerGroupHeartbeatResponse response, long nowMs) {
    if (response.memberEpoch() < epoch) {
      throw new AssertionError("%s is told epoch %d".formatted(this, response.memberEpoch()));
    }
    refused = false;
    sayAll = false;
    subscriptionIsNew = false;
    epoch = response.memberEpoch();
    if (request.topicPartitions() != null) {
      reported = owned;
    }
    Map<UUID, Set<Integer>> told = ConsumerTestBed.assignment(response);
    if (told != null) {
      world.tell("%s is told %s, has %s".formatted(this, told, owned));
      if (regex.isEmpty() && !names.containsAll(world.names(told.keySet()))) {
        throw new AssertionError("%s does not subscribe to all of %s".formatted(this, told));
      }
      boolean gives = !has().equals(union(told, Map.of())) && !isWithin(has(), told);
      if (gives) {
        owned = has();
        revokedAtMs = nowMs + (world.oneIn(4) ? world.random(50_000) : world.random(3_000));
      } else {
        revokedAtMs = Math.max(nowMs, assigned == null ? nowMs : revokedAtMs);
      }
      assigned = told;
      world.check();
    }
  }

  private static boolean isWithin(Map<UUID, Set<Integer>> part, Map<UUID, Set<Integer>> whole) {
    return union(part, whole).equals(union(whole, Map.of()));
  }

  private static Map<UUID, Set<Integer>> union(
      Map<UUID, Set<Integer>> a, Map<UUID, Set<Integer>> b) {
    Map<UUID, Set<Integer>> union = new TreeMap<>();
    for (Map<UUID, Set<Integer>> part : List.of(a, b)) {
      part.forEach((topic, partitions) ->
          union.computeIfAbsent(topic, id -> new TreeSet<>()).addAll(partitions));
    }
    return union;
  }

  private void failed(CoordinatorException e) {
    world.tell("%s: %s".formatted(this, e.code()));
    sayAll = true;
    refused = false;
    switch (e.code()) {
      case COORDINATOR_NOT_AVAILABLE -> {}
      case FENCED_MEMBER_EPOCH, UNKNOWN_MEMBER_ID, GROUP_ID_NOT_FOUND -> {
        owned = Map.of();
        assigned = null;
        reported = null;
        epoch = 0;
      }
      case UNRELEASED_INSTANCE_ID -> refused = true;
      case FENCED_INSTANCE_ID -> gone = true;
      default -> throw new AssertionError("unexpected: " + e.code() + ": " + e.getMessage());
    }
  }
}
