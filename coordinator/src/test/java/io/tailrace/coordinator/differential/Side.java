package io.tailrace.coordinator.differential;

import io.tailrace.coordinator.runtime.CoordinatorLog.Entry;
import io.tailrace.protocol.Message;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** One of the two coordinators, and the requests that it has not answered yet. */
final class Side {
  private final GroupsUnderTest groups;
  private final Map<Integer, Asked> waiting = new LinkedHashMap<>();
  private final Targets targets = new Targets();
  private long nowMs;
  private int asks;

  private record Asked(Step.Ask ask, CompletableFuture<byte[]> answer) {}

  /**
   * What a step has come to.
   *
   * @param answers that came in it, by the number of the request
   * @param lines all that can be compared
   */
  record Outcome(Map<Integer, Message> answers, TreeMap<String, String> lines) {}

  Side(GroupsUnderTest groups, long nowMs) {
    this.groups = groups;
    this.nowMs = nowMs;
  }

  Outcome apply(Step step) {
    switch (step) {
      case Step.Ask ask -> {
        // Two requests at one time would set timers to one time, too.
        groups.advanceTo(++nowMs);
        byte[] request = Wire.write(ask.request(), ask.version());
        waiting.put(
            asks++, new Asked(ask, groups.ask(ask.api(), ask.version(), request, ask.clientId())));
      }
      case Step.Wait wait -> {
        nowMs += wait.ms();
        groups.advanceTo(nowMs);
      }
      case Step.SetTopics topics -> groups.setTopics(topics.topics());
      case Step.Configure group -> groups.setGroupConfigs(group.groupId(), group.configs());
      case Step.Restart ignored -> groups.restart();
    }
    return outcome();
  }

  /** As of now. */
  Targets targets() {
    return targets;
  }

  private Outcome outcome() {
    Map<Integer, Message> answers = new LinkedHashMap<>();
    TreeMap<String, String> lines = new TreeMap<>();
    Iterator<Map.Entry<Integer, Asked>> each = waiting.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<Integer, Asked> next = each.next();
      Asked asked = next.getValue();
      if (asked.answer.isDone()) {
        each.remove();
        Step.Ask ask = asked.ask;
        Message answer = ask.api().response(asked.answer.join(), ask.version());
        answers.put(next.getKey(), answer);
        String path = "answer %d to %s v%d".formatted(next.getKey(), ask.api(), ask.version());
        lines.put(path, "there");
        lines.putAll(Canonical.of(path, answer));
      }
    }
    List<Entry> records = groups.takeRecords();
    targets.apply(records);
    lines.putAll(Canonical.of(records));
    return new Outcome(answers, lines);
  }
}
