package io.tailrace.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.message.OffsetCommitValue;
import org.junit.jupiter.api.Test;

class OffsetsByGroupTest {
  private final OffsetsByGroup offsets = new OffsetsByGroup();

  private void put(String groupId, String topic, int partition) {
    CommittedOffset offset = CommittedOffset.of(partition, 0, new OffsetCommitValue());
    offsets.put(groupId, topic, offset);
  }

  @Test
  void whatIsEmptyTakesNoRoom() {
    put("g", "t", 0);
    put("g", "t", 1);
    put("g", "u", 0);
    offsets.remove("g", "t", 0);
    offsets.remove("g", "t", 1);
    assertThat(offsets.group("g")).containsOnlyKeys("u");
    offsets.remove("g", "u", 0);
    assertThat(offsets.groupIds()).isEmpty();
  }

  @Test
  void whatIsNotThereMayBeRemoved() {
    put("g", "t", 1);
    offsets.remove("h", "t", 1);
    offsets.remove("g", "u", 1);
    offsets.remove("g", "t", 0);
    assertThat(offsets.get("g", "t", 1)).isNotNull();
    assertThat(offsets.get("g", "t", 0)).isNull();
    assertThat(offsets.get("h", "t", 1)).isNull();
  }
}
