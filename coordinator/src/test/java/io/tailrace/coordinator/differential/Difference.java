package io.tailrace.coordinator.differential;

import java.util.Map;

/**
 * One line in which the sides differ.
 *
 * @param step what happened then
 * @param path which field of which answer or record
 * @param kafka null if Kafka has no such line
 * @param tailrace null if Tailrace has none
 * @param all of Kafka's lines
 * @param toHosted whether a classic member of a consumer group asks
 * @param afterReplacement whether a join has made a consumer group a classic one before
 * @param afterReturn whether a static member has come back to a stable classic group before
 * @param afterRefusal whether a join to a consumer group without members was refused before
 */
record Difference(
    Step step,
    String path,
    String kafka,
    String tailrace,
    Map<String, String> all,
    boolean toHosted,
    boolean afterReplacement,
    boolean afterReturn,
    boolean afterRefusal) {

  /** A field of the same record, as Kafka has it; null if Kafka has no such line. */
  String inRecord(String field) {
    int end = path.indexOf(").");
    return all.get((end < 0 ? path : path.substring(0, end + 1)) + "." + field);
  }

  @Override
  public String toString() {
    return "  %s\n    Kafka:    %s\n    Tailrace: %s".formatted(path, kafka, tailrace);
  }
}
