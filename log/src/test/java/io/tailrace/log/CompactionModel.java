package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.log.CompactedHarness.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** All that was ever appended to a compacted log, and what of it may be missing. */
final class CompactionModel {
  private enum Fate {
    OPEN,
    COMMITTED,
    ABORTED
  }

  /**
   * @param transaction −1: none
   */
  private record Appended(Entry entry, int transaction) {}

  /** A cleaning of what lies below an offset was begun. */
  private record Cleaning(long below, long wallMs) {}

  private final TreeMap<Long, Appended> appended = new TreeMap<>();
  private final List<Fate> transactions = new ArrayList<>();
  private final List<Cleaning> cleanings = new ArrayList<>();

  int beginTransaction() {
    transactions.add(Fate.OPEN);
    return transactions.size() - 1;
  }

  void endTransaction(int transaction, boolean commit) {
    transactions.set(transaction, commit ? Fate.COMMITTED : Fate.ABORTED);
  }

  void append(Entry entry, int transaction) {
    appended.put(entry.offset(), new Appended(entry, transaction));
  }

  void cleaning(long below, long wallMs) {
    cleanings.add(new Cleaning(below, wallMs));
  }

  /** After a power loss: what is not there any more. */
  void cutTo(long end) {
    appended.tailMap(end).clear();
  }

  private Fate fate(Appended record) {
    return record.transaction < 0 ? Fate.COMMITTED : transactions.get(record.transaction);
  }

  /**
   * Checks what is in the log.
   *
   * @param cleaned the log says that all below has been cleaned
   * @param deleteRetentionMs how long tombstones outlive their first cleaning
   */
  void check(List<Entry> found, long start, long cleaned, long deleteRetentionMs, long wallMs) {
    Set<Long> offsets = new HashSet<>();
    for (Entry entry : found) {
      Appended original = appended.get(entry.offset());
      assertThat(original).as("something at %d", entry.offset()).isNotNull();
      assertThat(entry).isEqualTo(original.entry);
      offsets.add(entry.offset());
    }
    long attempted = cleanings.stream().mapToLong(Cleaning::below).max().orElse(0);
    Map<String, Long> newestAttempted = newest(attempted);
    Map<String, Long> newestCleaned = newest(cleaned);
    for (Appended record : appended.tailMap(start).values()) {
      long offset = record.entry.offset();
      if (offsets.contains(offset)) {
        assertThat(offset >= cleaned || stays(record, newestCleaned))
            .as("%s should be gone: cleaned to %d", record, cleaned)
            .isTrue();
      } else {
        boolean allowed =
            offset < attempted
                && (!stays(record, newestAttempted)
                    || mayHavePassed(record, deleteRetentionMs, wallMs));
        assertThat(allowed).as("%s is gone: cleanings %s", record, cleanings).isTrue();
      }
    }
  }

  private Map<String, Long> newest(long below) {
    Map<String, Long> newest = new HashMap<>();
    for (Appended record : appended.headMap(below).values()) {
      if (record.entry.key() != null && fate(record) != Fate.ABORTED) {
        newest.put(record.entry.key(), record.entry.offset());
      }
    }
    return newest;
  }

  private boolean stays(Appended record, Map<String, Long> newest) {
    String key = record.entry.key();
    return key != null
        && fate(record) != Fate.ABORTED
        && record.entry.offset() >= newest.getOrDefault(key, -1L);
  }

  /** A tombstone goes when some cleaning before has set its horizon, and that has passed. */
  private boolean mayHavePassed(Appended record, long deleteRetentionMs, long wallMs) {
    return record.entry.value() == null
        && cleanings.stream()
            .anyMatch(
                it -> it.below > record.entry.offset() && it.wallMs + deleteRetentionMs <= wallMs);
  }
}
