package io.tailrace.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one workload, or one tool, gave: the rounds of each contender, in the order in which they
 * came. For one thread.
 */
public final class Section {
  private final String name;
  private final String explanation;
  private final Map<String, List<Round>> rounds = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();

  /**
   * @param explanation what was done, in a line
   */
  Section(String name, String explanation) {
    this.name = name;
    this.explanation = explanation;
  }

  public void add(String contender, Round round) {
    rounds.computeIfAbsent(contender, _ -> new ArrayList<>()).add(round);
  }

  /** Something that a reader of the figures must know, such as why there are none. */
  public void note(String note) {
    if (!notes.contains(note)) {
      notes.add(note);
    }
  }

  String name() {
    return name;
  }

  String explanation() {
    return explanation;
  }

  List<String> notes() {
    return List.copyOf(notes);
  }

  List<String> contenders() {
    return List.copyOf(rounds.keySet());
  }

  List<Round> rounds(String contender) {
    return List.copyOf(rounds.getOrDefault(contender, List.of()));
  }

  /** A contender's figure, if every round of it has that. */
  Optional<Spread> spread(String contender, Figure figure) {
    List<Round> all = rounds(contender);
    if (all.isEmpty() || !all.stream().allMatch(round -> round.figures().containsKey(figure))) {
      return Optional.empty();
    }
    return Optional.of(
        Spread.of(all.stream().mapToDouble(round -> round.figures().get(figure)).toArray()));
  }

  /** Whether any contender has the figure. */
  boolean has(Figure figure) {
    return contenders().stream().anyMatch(contender -> spread(contender, figure).isPresent());
  }

  boolean hasLatencies() {
    return rounds.values().stream()
        .flatMap(List::stream)
        .anyMatch(round -> !round.latencyUs().isEmpty());
  }

  /** Whom all this is about: the first that is not there to be compared with. */
  Optional<String> subject() {
    return contenders().stream().filter(name -> !Results.CONTROLS.contains(name)).findFirst();
  }

  /** Whom the subject is compared with. */
  List<String> controls() {
    return contenders().stream().filter(Results.CONTROLS::contains).toList();
  }
}
