package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.ProtocolWriter;
import io.tailrace.protocol.message.ConsumerProtocolSubscription;
import io.tailrace.protocol.message.ConsumerProtocolSubscription.TopicPartition;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.LeaveGroupRequest.MemberIdentity;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client of the classic protocol in {@link MigrationSimulation}, as Kafka's consumer does it. An
 * eager one gives up all that it has before it joins; a cooperative one keeps it, gives up what it
 * is not assigned any more, and then joins again.
 */
final class SimulatedClassic {
  private static final int HEARTBEAT_MS = 3000;
  private static final int PATIENCE_MS = 60_000;

  private enum Phase {
    OUT,
    WAITING,
    IN,
    GONE
  }

  private final MigrationSimulation world;
  private final @Nullable String instanceId;
  private final boolean cooperative;
  private final int version;
  private final int sessionMs;
  private final int rebalanceMs;
  private Set<String> names = Set.of();
  private Phase phase = Phase.OUT;
  private String memberId = "";
  private int generation = -1;
  private String protocol = "";
  private List<SimulatedLeader.Member> led = List.of();
  private Map<UUID, Set<Integer>> owned = new TreeMap<>();
  private int syncedIn = -1;
  private int answeredIn;
  private @Nullable CompletableFuture<?> latest;
  private @Nullable Runnable answer;
  private long nextMs;
  private long pausedToMs;

  SimulatedClassic(MigrationSimulation world, @Nullable String instanceId, boolean cooperative) {
    this.world = world;
    this.instanceId = instanceId;
    this.cooperative = cooperative;
    this.version = instanceId == null ? world.random(10) : 5 + world.random(5);
    this.sessionMs = 10_000 + world.random(20_000);
    this.rebalanceMs = 20_000 + world.random(20_000);
  }

  @Override
  public String toString() {
    return "%s(classic%s, %s, generation %d)"
        .formatted(memberId, instanceId == null ? "" : " " + instanceId, phase, generation);
  }

  String memberId() {
    return memberId;
  }

  boolean isStatic() {
    return instanceId != null;
  }

  boolean isGone() {
    return phase == Phase.GONE;
  }

  boolean isIn() {
    return phase == Phase.IN;
  }

  Map<UUID, Set<Integer>> has() {
    return owned;
  }

  Set<String> names() {
    return names;
  }

  /**
   * Whether it may be held to what it has. A cooperative member of a classic group that has not
   * been told its assignment may hold what the group does not know of. What the members of a
   * consumer group hold is forgotten with a downgrade, after which they have the target, until they
   * join again. And one that has been put out of a consumer group, and does not know, is taken for
   * new when it joins with its old id. So it is with Kafka, too: none of them commits any more.
   */
  boolean isCurrent() {
    return syncedIn >= (cooperative ? world.conversions() : world.lastDowngrade());
  }

  /** It is no member. */
  void putOut() {
    syncedIn = -1;
  }

  /** Not while it waits for an answer, of which it would not know what it is to. */
  void subscribe(Set<String> newNames) {
    if (phase != Phase.WAITING) {
      names = newNames;
      phase = Phase.OUT;
    }
  }

  void crash() {
    phase = Phase.GONE;
  }

  void pause(int ms) {
    pausedToMs = world.nowMs() + ms;
  }

  void leave() {
    owned = new TreeMap<>();
    phase = Phase.GONE;
    if (!memberId.isEmpty() && !world.oneIn(5)) {
      world.bed.leave(
          new LeaveGroupRequest()
              .groupId(MigrationTestBed.GROUP)
              .members(
                  List.of(new MemberIdentity().memberId(memberId).groupInstanceId(instanceId))));
    }
  }

  void tick(long nowMs) {
    if (phase == Phase.GONE || nowMs < pausedToMs || nowMs < nextMs && answer == null) {
      return;
    }
    Runnable arrived = answer;
    if (arrived != null) {
      answer = null;
      arrived.run();
    } else if (phase == Phase.IN && world.leadsBehind(memberId)) {
      world.tell("%s: there are new partitions".formatted(this));
      join(nowMs);
    } else if (phase == Phase.IN) {
      nextMs = nowMs + HEARTBEAT_MS;
      beat(nowMs);
    } else {
      join(nowMs);
    }
  }

  private void join(long nowMs) {
    if (!cooperative) {
      owned = new TreeMap<>();
    }
    JoinGroupRequest request =
        new JoinGroupRequest()
            .groupId(MigrationTestBed.GROUP)
            .memberId(memberId)
            .groupInstanceId(instanceId)
            .sessionTimeoutMs(sessionMs)
            .rebalanceTimeoutMs(rebalanceMs)
            .protocolType("consumer")
            .protocols(List.of(protocol("assignor"), protocol("spare")));
    send("join", world.bed.join(version, request), nowMs, this::joined);
    if (world.oneIn(15)) {
      world.tell("%s: asks again at once".formatted(this));
      send("join", world.bed.join(version, request), nowMs, this::joined);
    }
  }

  private JoinGroupRequestProtocol protocol(String name) {
    List<TopicPartition> has = new ArrayList<>();
    owned.forEach((id, partitions) -> {
      Topics.Topic topic = world.bed.topics.topic(id);
      has.add(
          new TopicPartition().topic(topic.name()).partitions(ConsumerAssignment.ints(partitions)));
    });
    ConsumerProtocolSubscription subscription =
        new ConsumerProtocolSubscription()
            .topics(List.copyOf(names))
            .ownedPartitions(has)
            .generationId(generation);
    return new JoinGroupRequestProtocol().name(name).metadata(versioned(subscription, (short) 2));
  }

  static byte[] versioned(Message message, short version) {
    ProtocolWriter out = new ProtocolWriter();
    out.writeShort(version);
    message.write(out, version);
    byte[] bytes = new byte[out.size()];
    out.buffer().get(bytes);
    return bytes;
  }

  /** The answer arrives with the next tick after it was given, or never. */
  private <R> void send(
      String what, CompletableFuture<R> response, long nowMs, Consumer<R> receiver) {
    phase = Phase.WAITING;
    answer = null;
    latest = response;
    nextMs = nowMs + PATIENCE_MS;
    if (world.oneIn(15)) {
      world.tell("%s: the answer to its %s is lost".formatted(this, what));
      return;
    }
    response.whenComplete((value, thrown) -> {
      if (phase == Phase.WAITING && latest == response) {
        answeredIn = world.conversions();
        answer =
            thrown == null
                ? () -> receiver.accept(value)
                : () -> failed(CoordinatorException.of(thrown).code());
      }
    });
  }

  private void joined(JoinGroupResponse response) {
    ErrorCode error = ErrorCode.forCode(response.errorCode());
    phase = Phase.OUT;
    nextMs = world.nowMs();
    switch (error) {
      case NONE -> {
        memberId = response.memberId();
        generation = response.generationId();
        protocol = response.protocolName();
        boolean leads = response.leader().equals(memberId) && !response.skipAssignment();
        led = leads ? SimulatedLeader.members(response) : List.of();
        sync();
      }
      case MEMBER_ID_REQUIRED -> memberId = response.memberId();
      default -> failed(error);
    }
  }

  private void sync() {
    SyncGroupRequest request =
        new SyncGroupRequest()
            .groupId(MigrationTestBed.GROUP)
            .memberId(memberId)
            .groupInstanceId(instanceId)
            .generationId(generation)
            .protocolType("consumer")
            .protocolName(protocol);
    if (!led.isEmpty()) {
      request.assignments(new SimulatedLeader(world.bed.topics, cooperative).assign(led));
      world.sharedOut();
    }
    send("sync", world.bed.sync(5, request), world.nowMs(), this::synced);
  }

  private void synced(SyncGroupResponse response) {
    ErrorCode error = ErrorCode.forCode(response.errorCode());
    phase = Phase.OUT;
    nextMs = world.nowMs();
    if (error != ErrorCode.NONE) {
      failed(error);
      return;
    }
    Map<UUID, Set<Integer>> assigned = world.bed.partitions(response.assignment());
    world.tell("%s is told %s, has %s".formatted(this, assigned, owned));
    boolean gives = !covers(assigned, owned);
    owned = copy(assigned);
    syncedIn = answeredIn;
    phase = gives && cooperative ? Phase.OUT : Phase.IN;
    nextMs += gives ? world.random(3000) : HEARTBEAT_MS;
    world.check();
  }

  private static boolean covers(Map<UUID, Set<Integer>> whole, Map<UUID, Set<Integer>> part) {
    return part.entrySet().stream()
        .allMatch(
            topic -> whole.getOrDefault(topic.getKey(), Set.of()).containsAll(topic.getValue()));
  }

  private static Map<UUID, Set<Integer>> copy(Map<UUID, Set<Integer>> partitions) {
    Map<UUID, Set<Integer>> copy = new TreeMap<>();
    partitions.forEach((topic, indexes) -> copy.put(topic, new TreeSet<>(indexes)));
    return copy;
  }

  private void beat(long nowMs) {
    if (world.oneIn(15)) {
      world.tell("%s: a heartbeat is lost".formatted(this));
      return;
    }
    ErrorCode error =
        world.bed.heartbeat(
            new HeartbeatRequest()
                .groupId(MigrationTestBed.GROUP)
                .memberId(memberId)
                .groupInstanceId(instanceId)
                .generationId(generation));
    if (error != ErrorCode.NONE) {
      failed(error);
    }
  }

  private void failed(ErrorCode error) {
    world.tell("%s: %s".formatted(this, error));
    phase = Phase.OUT;
    nextMs = world.nowMs() + world.random(1000);
    switch (error) {
      case REBALANCE_IN_PROGRESS, NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE -> {}
      case ILLEGAL_GENERATION -> {
        generation = -1;
        owned = new TreeMap<>();
      }
      case UNKNOWN_MEMBER_ID -> {
        memberId = "";
        generation = -1;
        owned = new TreeMap<>();
      }
      case FENCED_INSTANCE_ID -> phase = Phase.GONE;
      default -> throw new AssertionError("unexpected: " + error + " for " + this);
    }
  }
}
