package io.tailrace.coordinator.group;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A group's offsets in one topic, in order of their partitions. There may be a million offsets, and
 * beside them a sorted list takes a tenth of the memory that a map would. For one thread.
 */
final class OffsetsOfTopic {
  private final ArrayList<CommittedOffset> offsets = new ArrayList<>(1);

  @Nullable CommittedOffset get(int partition) {
    int index = find(partition);
    return index < 0 ? null : offsets.get(index);
  }

  /** Takes the place of an earlier one of the same partition. */
  void put(CommittedOffset offset) {
    CommittedOffset kept =
        offsets.isEmpty() ? offset : offset.sharing(offsets.getFirst().topicId());
    int index = find(kept.partition());
    if (index < 0) {
      offsets.add(-1 - index, kept);
    } else {
      offsets.set(index, kept);
    }
  }

  void remove(int partition) {
    int index = find(partition);
    if (index >= 0) {
      offsets.remove(index);
    }
  }

  /** Its place in the list, or −1 − the place where it would have to be. */
  private int find(int partition) {
    int low = 0;
    int high = offsets.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int found = offsets.get(middle).partition();
      if (found == partition) {
        return middle;
      }
      if (found < partition) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1 - low;
  }

  /** In order of partitions; a view that changes with this. */
  List<CommittedOffset> all() {
    return Collections.unmodifiableList(offsets);
  }
}
