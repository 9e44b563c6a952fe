package io.tailrace.coordinator.group;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.coordinator.group.ClassicSimMember.Phase;
import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.LeaveGroupRequest.MemberIdentity;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Consumers of several groups, a network that loses answers, a log that refuses appends, a clock
 * that jumps and coordinators that are replaced, all out of one seed. What must hold is checked
 * after every event ({@link ClassicInvariants}); in the end all is quiet, and each group must
 * become stable with all of its consumers.
 */
final class ClassicSimulation {
  private static final long QUIET_MS = 400_000;

  final SplittableRandom random;
  final ClassicFixture coordinator;
  private final int maxSize;
  private final ClassicInvariants invariants;
  private final List<ClassicSimMember> members = new ArrayList<>();
  private final List<Runnable> inbox = new ArrayList<>();
  private final List<Sent> sent = new ArrayList<>();

  /** Which generation a group has been in under which coordinator: who leads, by which protocol. */
  private final Map<String, String> leaders = new HashMap<>();

  /** Whose assignment of a generation has been stored. */
  private final Map<String, String> assigners = new HashMap<>();

  private final Map<String, Integer> deletions = new HashMap<>();
  private int coordinators;

  private record Sent(ClassicSimMember by, String what, CompletableFuture<?> answer) {}

  ClassicSimulation(long seed) {
    random = new SplittableRandom(seed);
    maxSize = random.nextInt(4) == 0 ? 3 : Integer.MAX_VALUE;
    coordinator = new ClassicFixture(ClassicFixture.settings(random.nextInt(3) * 1500, maxSize));
    invariants = new ClassicInvariants(coordinator);
    int groups = random.nextInt(1, 4);
    int size = random.nextInt(1, 8);
    for (int i = 0; i < groups * size; i++) {
      enter("g" + i % groups);
    }
  }

  private void enter(String groupId) {
    String instanceId = random.nextInt(3) == 0 ? "s" + random.nextInt(4) : null;
    members.add(new ClassicSimMember(this, groupId, instanceId));
  }

  long nowMs() {
    return coordinator.nowMs;
  }

  /**
   * @param events of any kind, before all gets quiet
   */
  void run(int events) {
    for (int i = 0; i < events; i++) {
      event();
      invariants.check();
      sent.removeIf(request -> request.answer().isDone());
    }
    quieten();
  }

  private void event() {
    int dice = random.nextInt(1000);
    if (dice < 600) {
      any(members).act(false);
    } else if (dice < 900) {
      receive();
    } else if (dice < 970) {
      coordinator.advance(random.nextInt(3_000));
    } else if (dice < 975) {
      coordinator.advance(random.nextInt(60_000));
    } else if (dice < 977) {
      coordinator.nowMs += random.nextInt(-5_000, 3_600_000);
      coordinator.advance(0);
    } else if (dice < 981) {
      replaceCoordinator();
    } else if (dice < 985) {
      coordinator.log.refuse(
          random.nextBoolean() ? ErrorCode.NONE : ErrorCode.COORDINATOR_NOT_AVAILABLE);
    } else if (dice < 990) {
      crash(any(members));
    } else if (dice < 993) {
      repeat(any(members));
    } else if (dice < 996) {
      removeInstance();
    } else {
      delete("g" + random.nextInt(3));
    }
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  /** Sends a request whose answer is checked when it leaves, and arrives some time, or never. */
  <R> void send(
      ClassicSimMember by,
      String what,
      CompletableFuture<R> answer,
      Consumer<R> check,
      Consumer<R> receiver) {
    sent.add(new Sent(by, what, answer));
    int correlation = by.correlation;
    answer.whenComplete((response, thrown) -> {
      if (thrown == null) {
        invariants.collect(() -> check.accept(response));
      }
      inbox.add(() -> {
        if (by.correlation != correlation) {
          return;
        }
        if (thrown == null) {
          receiver.accept(response);
        } else {
          by.refused(cause(thrown));
        }
      });
    });
  }

  private static CoordinatorException cause(Throwable thrown) {
    return (CoordinatorException)
        (thrown instanceof CoordinatorException ? thrown : thrown.getCause());
  }

  private void receive() {
    if (!inbox.isEmpty()) {
      Runnable answer = inbox.remove(random.nextInt(inbox.size()));
      if (random.nextInt(12) != 0) {
        answer.run();
      }
    }
  }

  void commit(ClassicSimMember member) {
    coordinator
        .runtime()
        .run(
            nowMs(),
            shard -> {
              Group group = shard.context.group(member.groupId);
              if (group != null) {
                group.checkCommit(
                    member.memberId, member.instanceId, member.generation, false, (short) 9);
                group.committed(member.memberId, nowMs());
              }
              return CoordinatorResult.of("committed");
            });
  }

  private void replaceCoordinator() {
    if (random.nextBoolean()) {
      coordinator.runtime().stop(ErrorCode.NOT_COORDINATOR, "replaced");
      sent.forEach(request -> assertThat(request.answer()).as(request.toString()).isDone());
    }
    // Otherwise it has died, and who waits is told by a closed connection.
    sent.clear();
    coordinators++;
    coordinator.restart();
    invariants.loaded();
  }

  private void crash(ClassicSimMember member) {
    member.crash();
    members.remove(member);
    if (member.instanceId != null && random.nextBoolean()) {
      members.add(new ClassicSimMember(this, member.groupId, member.instanceId));
    } else {
      enter(member.groupId);
    }
  }

  /** A request that the network has kept, or a client has sent twice. */
  private static void repeat(ClassicSimMember member) {
    switch (member.phase) {
      case JOINING -> member.join();
      case SYNCING -> member.sync();
      default -> {}
    }
  }

  /** As an admin does. */
  private void removeInstance() {
    LeaveGroupRequest request =
        new LeaveGroupRequest()
            .groupId("g0")
            .members(List.of(new MemberIdentity().groupInstanceId("s" + random.nextInt(4))));
    coordinator.leave(5, request);
  }

  private void delete(String groupId) {
    ClassicGroup group = coordinator.group(groupId);
    if (group == null || !group.isEmpty()) {
      return;
    }
    List<CoordinatorRecord> tombstones = new ArrayList<>();
    group.addTombstones(tombstones);
    coordinator.runtime().run(nowMs(), shard -> CoordinatorResult.of(tombstones));
    if (coordinator.group(groupId) == null) {
      deletions.merge(groupId, 1, Integer::sum);
    }
  }

  /** A static member's name in all of its lives, else the member's id. */
  static String lasting(String memberId) {
    return memberId.startsWith("s") ? memberId.substring(0, memberId.indexOf('-')) : memberId;
  }

  private String generation(ClassicSimMember member, int generation) {
    return "%s (deleted %d times), generation %d"
        .formatted(member.groupId, deletions.getOrDefault(member.groupId, 0), generation);
  }

  /** One generation has one leader and one protocol. */
  void checkJoined(ClassicSimMember member, JoinGroupResponse response) {
    if (response.errorCode() == 0) {
      // A generation that was not assigned is lost with its coordinator, and its number used again.
      String key = coordinators + ": " + generation(member, response.generationId());
      String led = lasting(response.leader()) + " by " + response.protocolName();
      String before = leaders.putIfAbsent(key, led);
      assertThat(led).as(key).isEqualTo(before == null ? led : before);
    }
  }

  /** An assignment is this member's, of this generation, and out of the one that was stored. */
  void checkSynced(ClassicSimMember member, SyncGroupRequest request, SyncGroupResponse response) {
    if (response.errorCode() == 0) {
      String key = generation(member, request.generationId());
      String text = new String(response.assignment(), UTF_8);
      String[] parts = text.split(":", 3);
      assertThat(parts).as("assignment %s in %s to %s", text, key, member).hasSize(3);
      assertThat(parts[0]).as(key).isEqualTo(String.valueOf(request.generationId()));
      assertThat(parts[1]).as(key).isEqualTo(lasting(request.memberId()));
      String before = assigners.putIfAbsent(key, parts[2]);
      assertThat(parts[2]).as(key).isEqualTo(before == null ? parts[2] : before);
    }
  }

  /** Nothing fails any more: all that are alive come together, and nobody waits in the end. */
  private void quieten() {
    coordinator.log.refuse(ErrorCode.NONE);
    long deadlineMs = nowMs() + QUIET_MS;
    while (!isQuiet()) {
      if (nowMs() > deadlineMs) {
        throw new AssertionError("not stable at last: " + invariants.groups() + members);
      }
      members.forEach(member -> member.act(true));
      coordinator.advance(1_000);
      invariants.check();
      while (!inbox.isEmpty()) {
        inbox.removeFirst().run();
      }
    }
    sent.forEach(request -> assertThat(request.answer()).as(request.toString()).isDone());
  }

  private boolean isQuiet() {
    for (String groupId : List.of("g0", "g1", "g2")) {
      ClassicGroup group = coordinator.group(groupId);
      List<ClassicSimMember> alive =
          members.stream()
              .filter(member -> member.groupId.equals(groupId) && member.phase != Phase.DEAD)
              .toList();
      if (!(group == null ? alive.isEmpty() : isQuiet(group, alive))) {
        return false;
      }
    }
    return true;
  }

  private boolean isQuiet(ClassicGroup group, List<ClassicSimMember> alive) {
    if (alive.isEmpty()) {
      return group.isEmpty();
    }
    long in =
        alive.stream()
            .filter(it -> it.phase == Phase.IN && it.generation == group.generation())
            .count();
    // Where there is no room for all, those outside go on asking for it.
    return group.isIn(ClassicState.STABLE)
        && in == group.members().size()
        && (in == alive.size() || in >= maxSize);
  }
}
