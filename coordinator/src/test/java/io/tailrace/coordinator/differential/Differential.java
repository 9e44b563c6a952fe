package io.tailrace.coordinator.differential;

import io.tailrace.coordinator.group.GroupSettings;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.JoinGroupRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;

/** Runs one stream of requests on both sides, and compares after each step. */
final class Differential {
  private static final long START_MS = 1_700_000_000_000L;
  private static final int LAST_STEPS = 12;

  private final long seed;
  private final KnownDifferences known;
  private final World world;
  private final Side kafka;
  private final Side tailrace;
  private final Consumer<UUID> nextId;
  private final List<String> history = new ArrayList<>();
  private final Map<Integer, Step.Ask> asks = new TreeMap<>();
  private boolean parted;
  private boolean replaced;
  private boolean returned;
  private boolean refused;

  /**
   * @param nextId told the id that Kafka has drawn in a step, before the other side does the step;
   *     null if it has drawn none
   */
  private Differential(
      long seed,
      GroupsUnderTest kafka,
      GroupsUnderTest tailrace,
      Consumer<UUID> nextId,
      KnownDifferences known) {
    this.seed = seed;
    this.known = known;
    this.world = new World(seed);
    this.kafka = new Side(kafka, START_MS);
    this.tailrace = new Side(tailrace, START_MS);
    this.nextId = nextId;
  }

  static Differential ofTailrace(long seed, GroupSettings settings, KnownDifferences known) {
    TailraceGroups tailrace = new TailraceGroups(settings, START_MS);
    return new Differential(
        seed, new KafkaGroups(settings, START_MS), tailrace, tailrace::nextId, known);
  }

  /** Kafka on both sides: whether the same stream gives the same again. */
  static Differential ofKafka(long seed, GroupSettings settings) {
    return new Differential(
        seed,
        new KafkaGroups(settings, START_MS),
        new KafkaGroups(settings, START_MS),
        id -> {},
        new KnownDifferences());
  }

  World world() {
    return world;
  }

  /**
   * @throws AssertionError at the first difference that is not known, with all that led to it
   */
  void run(Scenario scenario, int steps) {
    step(new Step.SetTopics(world.topics()));
    step(new Step.Configure("g0", world.groupConfigs()));
    for (int i = 0; i < steps && !parted; i++) {
      step(scenario.next());
    }
  }

  private void step(Step step) {
    history.add(step.toString());
    if (step instanceof Step.Ask ask) {
      asks.put(asks.size(), ask);
    }
    SeededUuids.seed(seed + history.size());
    Side.Outcome theirs = kafka.apply(step);
    nextId.accept(SeededUuids.takeLast());
    SeededUuids.seed(seed + history.size());
    Side.Outcome mine;
    try {
      mine = tailrace.apply(step);
    } catch (RuntimeException e) {
      throw new AssertionError(where() + "\nTailrace threw, Kafka: " + theirs.lines(), e);
    }
    List<Difference> differences = differences(step, theirs.lines(), mine.lines());
    replaced |= isReplacement(step, theirs.lines());
    returned |= isReturn(step, theirs.lines());
    refused |= isRefusal(step, theirs.lines());
    parted = known.parts(differences);
    String objection =
        parted && !known.isNewTarget(differences)
            ? tailrace.targets().objection(kafka.targets())
            : null;
    if (objection != null) {
      throw new AssertionError(where() + "\n  record of a target assignment: " + objection);
    }
    List<Difference> unknown = parted ? List.of() : known.unknown(differences);
    if (!unknown.isEmpty()) {
      StringBuilder text = new StringBuilder(where());
      unknown.forEach(difference -> text.append('\n').append(difference));
      throw new AssertionError(text);
    }
    for (Map.Entry<Integer, Message> answer : theirs.answers().entrySet()) {
      history.add("  answer %d: %s".formatted(answer.getKey(), answer.getValue()));
      asks.get(answer.getKey()).answered().accept(answer.getValue());
    }
  }

  private String where() {
    return "seed %d, step %d, after\n%s"
        .formatted(
            seed,
            history.size(),
            String.join(
                "\n", history.subList(Math.max(0, history.size() - LAST_STEPS), history.size())));
  }

  private static boolean isReplacement(Step step, TreeMap<String, String> kafka) {
    return step instanceof Step.Ask ask
        && ask.api() == Api.JOIN_GROUP
        && kafka.keySet().stream().anyMatch(path -> path.startsWith("record ConsumerGroup"))
        && kafka.keySet().stream().anyMatch(path -> path.startsWith("record GroupMetadataKey"));
  }

  /** What other joins write, if anything, is a group without members. */
  private static boolean isReturn(Step step, TreeMap<String, String> kafka) {
    return step instanceof Step.Ask ask
        && ask.api() == Api.JOIN_GROUP
        && kafka.keySet().stream()
            .anyMatch(path ->
                path.startsWith("record GroupMetadataKey") && path.endsWith(".members.size"));
  }

  private boolean isRefusal(Step step, TreeMap<String, String> kafka) {
    return step instanceof Step.Ask ask
        && ask.request() instanceof JoinGroupRequest join
        && tailrace.targets().isWithoutMembers(join.groupId())
        && kafka.entrySet().stream()
            .anyMatch(line -> line.getKey().endsWith(".errorCode") && "25".equals(line.getValue()));
  }

  private boolean isToHosted(Step step) {
    return step instanceof Step.Ask ask
        && ask.request() instanceof HeartbeatRequest heartbeat
        && tailrace.targets().isWithMembers(heartbeat.groupId());
  }

  private List<Difference> differences(
      Step step, TreeMap<String, String> kafka, TreeMap<String, String> tailrace) {
    TreeSet<String> paths = new TreeSet<>(kafka.keySet());
    paths.addAll(tailrace.keySet());
    return paths.stream()
        .filter(path -> !Objects.equals(kafka.get(path), tailrace.get(path)))
        .map(path ->
            new Difference(
                step,
                path,
                kafka.get(path),
                tailrace.get(path),
                kafka,
                isToHosted(step),
                replaced,
                returned,
                refused))
        .toList();
  }
}
