package io.tailrace.bench.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The results of a run, section by section, in the order in which they came. For one thread. */
public final class Results {
  /** What a broker is compared with: their names as contenders. */
  static final String KAFKA = "kafka";

  static final String FLOOR = "floor";
  static final List<String> CONTROLS = List.of(KAFKA, FLOOR);

  private final Map<String, Section> sections = new LinkedHashMap<>();

  /** The section of that name, a new one if there is none yet. */
  public Section section(String name, String explanation) {
    return sections.computeIfAbsent(name, _ -> new Section(name, explanation));
  }

  Optional<Section> section(String name) {
    return Optional.ofNullable(sections.get(name));
  }

  List<Section> sections() {
    return List.copyOf(sections.values());
  }
}
