package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.ConsumerTestBed.beat;
import static io.tailrace.coordinator.group.ConsumerTestBed.join;
import static io.tailrace.coordinator.group.ConsumerTestBed.owning;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;

/** What tests of consumer groups begin with: topics foo, of 4 partitions, and bar, of 2. */
abstract class ConsumerTestCase {
  final ConsumerTestBed bed = new ConsumerTestBed();

  ConsumerTestCase() {
    bed.topics = bed.topics.with("foo", 4).with("bar", 2);
  }

  @AfterEach
  void theLogTellsTheSameAsTheState() {
    assertThat(bed.stateOfReplay()).isEqualTo(bed.state());
  }

  Map<UUID, Set<Integer>> foo(Integer... partitions) {
    return Map.of(bed.topics.id("foo"), Set.of(partitions));
  }

  static void assertRefused(ThrowingCallable call, ErrorCode code, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            CoordinatorException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessage(message);
  }

  static List<String> kinds(List<CoordinatorRecord> records) {
    return records.stream()
        .map(record ->
            (record.value() == null ? "-" : "+")
                + record.key().getClass().getSimpleName().replaceAll("ConsumerGroup|Key", ""))
        .toList();
  }

  /** Two members, each with two of foo's partitions; m1 had all four before. */
  void twoMembers() {
    bed.send(join("m1", "foo"));
    bed.send(join("m2", "foo"));
    bed.send(beat("m1", 2));
    bed.send(beat("m1", 2).topicPartitions(owning(foo(0, 1))));
    bed.send(beat("m2", 3));
    bed.send(beat("m1", 3));
    assertThat(bed.group().state()).isEqualTo("Stable");
    bed.takeRecords();
  }
}
