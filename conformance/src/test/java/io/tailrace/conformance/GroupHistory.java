package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * What the members of a group have read, and whether that is all, in order, and nothing twice that
 * need not be. For one thread.
 */
final class GroupHistory {
  private final List<Tenure> tenures = new ArrayList<>();

  /** A record as it was sent and read. */
  record Numbered(String key, String number) {}

  /** What a member has read of a partition while it had it. */
  static final class Tenure {
    private final String member;
    private final int partition;
    private final List<Long> offsets = new ArrayList<>();
    private final Map<Long, Numbered> records = new HashMap<>();
    private boolean clean = true;

    private Tenure(String member, int partition) {
      this.member = member;
      this.partition = partition;
    }

    void read(long offset, Numbered record) {
      offsets.add(offset);
      records.put(offset, record);
    }

    /** It was not given back in order: others may read the same again. */
    void unclean() {
      clean = false;
    }

    @Override
    public String toString() {
      return "%s with partition %d%s".formatted(member, partition, clean ? "" : " (unclean)");
    }
  }

  Tenure begin(String member, int partition) {
    Tenure tenure = new Tenure(member, partition);
    tenures.add(tenure);
    return tenure;
  }

  /** The end of what anybody has read of a partition. */
  long end(int partition) {
    return tenures.stream()
        .filter(it -> it.partition == partition)
        .flatMap(it -> it.offsets.stream())
        .mapToLong(offset -> offset + 1)
        .max()
        .orElse(0);
  }

  /** How many records have been read, counting again what was read again. */
  long count() {
    return tenures.stream().mapToLong(it -> it.offsets.size()).sum();
  }

  /** Fails if not exactly these records, by offset, were read of a partition. */
  void check(int partition, SortedMap<Long, Numbered> sent) {
    Map<Long, Numbered> read = new HashMap<>();
    Map<Long, Tenure> cleanly = new HashMap<>();
    for (Tenure tenure : tenures) {
      if (tenure.partition == partition) {
        assertInOrder(tenure);
        read.putAll(tenure.records);
        if (tenure.clean) {
          for (long offset : tenure.offsets) {
            Tenure before = cleanly.put(offset, tenure);
            assertThat(before).as("read offset %d before %s", offset, tenure).isNull();
          }
        }
      }
    }
    Set<Long> missing = new TreeSet<>(sent.keySet());
    missing.removeAll(read.keySet());
    assertThat(missing).as("offsets of partition %d that nobody has read", partition).isEmpty();
    read.forEach((offset, record) ->
        assertThat(record).as("%d at %d", partition, offset).isEqualTo(sent.get(offset)));
  }

  /** Nothing is left out either: the log has no gaps. */
  private static void assertInOrder(Tenure tenure) {
    for (int i = 1; i < tenure.offsets.size(); i++) {
      assertThat(tenure.offsets.get(i))
          .as("%s, after %d", tenure, tenure.offsets.get(i - 1))
          .isEqualTo(tenure.offsets.get(i - 1) + 1);
    }
  }
}
