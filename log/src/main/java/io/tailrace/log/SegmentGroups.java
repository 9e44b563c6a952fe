package io.tailrace.log;

import java.util.ArrayList;
import java.util.List;

/**
 * Which segments are cleaned into one, so that they don't shrink for ever: neighbours that together
 * have at most {@code segment.bytes}, and offsets that one index can hold.
 */
final class SegmentGroups {
  private SegmentGroups() {}

  /**
   * @param end segments that start at or behind it stay as they are
   */
  static List<LogSegment[]> of(LogSegment[] all, long end, int segmentBytes) {
    List<LogSegment[]> groups = new ArrayList<>();
    List<LogSegment> group = new ArrayList<>();
    long bytes = 0;
    for (LogSegment segment : all) {
      if (segment.baseOffset() >= end || segment == all[all.length - 1]) {
        break;
      }
      boolean fits =
          !group.isEmpty()
              && bytes + segment.size() <= segmentBytes
              && segment.nextOffset() - 1 - group.get(0).baseOffset() <= Integer.MAX_VALUE;
      if (!fits && !group.isEmpty()) {
        groups.add(group.toArray(LogSegment[]::new));
        group.clear();
        bytes = 0;
      }
      group.add(segment);
      bytes += segment.size();
    }
    if (!group.isEmpty()) {
      groups.add(group.toArray(LogSegment[]::new));
    }
    return groups;
  }
}
