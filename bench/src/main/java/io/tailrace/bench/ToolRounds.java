package io.tailrace.bench;

import io.tailrace.bench.load.Admin;
import io.tailrace.bench.report.Results;
import io.tailrace.bench.report.Round;
import io.tailrace.bench.report.Section;
import io.tailrace.bench.tools.PerformanceTools;
import io.tailrace.protocol.ApiKey;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Apache Kafka's own performance tools on all targets in turn, each round on new topics. */
final class ToolRounds {
  private static final int TRIES_FOR_NEW = 100;

  private final PerformanceTools tools;
  private final Progress progress;
  private final Section produced;
  private final Section consumed;

  ToolRounds(PerformanceTools tools, Progress progress, Results results) {
    this.tools = tools;
    this.progress = progress;
    String values = "values of %d B, MB without headers".formatted(PerformanceTools.RECORD_SIZE);
    this.produced =
        results.section("ProducerPerformance", "Apache Kafka's own producer tool: " + values);
    this.consumed =
        results.section("ConsumerPerformance", "Apache Kafka's own consumer tool: " + values);
  }

  void run(List<Target> targets, int rounds) throws IOException, InterruptedException {
    for (int round = 1; round <= rounds; round++) {
      for (Target target : round % 2 == 0 ? targets.reversed() : targets) {
        progress.show("tools, round %d of %d: on %s".formatted(round, rounds, target.name()));
        run(target, "tailrace-bench-tools-" + ProcessHandle.current().pid() + "-" + round);
      }
    }
  }

  private void run(Target target, String topic) throws IOException, InterruptedException {
    try (Admin admin = new Admin(target.address())) {
      admin.createTopic(topic, 1, Map.of());
      try {
        admin.leaders(topic, TRIES_FOR_NEW);
        produced.add(target.name(), Round.of(tools.produce(target.address(), topic)));
        if (admin.apiVersions().contains(ApiKey.FIND_COORDINATOR.id())) {
          consumed.add(target.name(), Round.of(tools.consume(target.address(), topic)));
        } else {
          consumed.note(
              "not run on %s: the tool consumes as a member of a group, and %s does not offer FindCoordinator"
                  .formatted(target.name(), target.name()));
        }
      } finally {
        admin.deleteTopic(topic);
      }
    }
  }
}
