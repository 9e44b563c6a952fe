package io.tailrace.bench.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A run as JSON, and back: date, command, machine, then for each section its contenders with the
 * medians and all rounds, and what became of the goals. Figures have their names in lower case;
 * their units are under {@code figures}. Medians and goals are for other programs: reading works
 * them out again.
 */
public final class ReportJson {
  private static final JsonMapper JSON = new JsonMapper();

  private ReportJson() {}

  /** With line breaks, to be read by people too. */
  public static String of(Run run) {
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(tree(run));
  }

  /** Without. */
  static String compact(Run run) {
    return JSON.writeValueAsString(tree(run));
  }

  private static ObjectNode tree(Run run) {
    ObjectNode root = JSON.createObjectNode();
    root.put("date", run.date().toString());
    root.put("command", run.command());
    root.set("machine", JSON.valueToTree(run.machine()));
    ObjectNode figures = root.putObject("figures");
    for (Figure figure : Figure.values()) {
      figures.put(figure.key(), figure.label());
    }
    root.set("percentiles", JSON.valueToTree(Round.PERCENTILES));
    ArrayNode sections = root.putArray("sections");
    for (Section section : run.results().sections()) {
      write(section, sections.addObject());
    }
    ArrayNode goals = root.putArray("goals");
    for (Verdict verdict : Goals.verdicts(run.results())) {
      write(verdict, goals.addObject());
    }
    return root;
  }

  private static void write(Section section, ObjectNode node) {
    node.put("name", section.name());
    node.put("explanation", section.explanation());
    node.set("notes", JSON.valueToTree(section.notes()));
    ArrayNode contenders = node.putArray("contenders");
    for (String name : section.contenders()) {
      ObjectNode contender = contenders.addObject();
      contender.put("name", name);
      ObjectNode median = contender.putObject("median");
      for (Figure figure : Figure.values()) {
        section.spread(name, figure).ifPresent(spread -> median.put(figure.key(), spread.median()));
      }
      ArrayNode rounds = contender.putArray("rounds");
      for (Round round : section.rounds(name)) {
        ObjectNode values = rounds.addObject();
        round.figures().forEach((figure, value) -> values.put(figure.key(), value));
        values.set("latency_us", JSON.valueToTree(round.latencyUs()));
      }
    }
  }

  private static void write(Verdict verdict, ObjectNode node) {
    Goal goal = verdict.goal();
    node.put("id", goal.id());
    node.put("section", goal.section());
    node.put("figure", goal.figure().key());
    node.put("goal", goal.text());
    node.put("limit", verdict.limit());
    node.put("reached", verdict.reached());
    node.put("met", verdict.met());
  }

  /**
   * What {@link #of} wrote, by this or another version: figures that are not known are left out.
   *
   * @throws IllegalArgumentException if this is not a run, with a message that says where
   */
  public static Run read(String json) {
    try {
      JsonNode root = JSON.readTree(json);
      Machine machine = JSON.treeToValue(root.required("machine"), Machine.class);
      Results results = new Results();
      for (JsonNode section : root.required("sections")) {
        read(section, results);
      }
      Instant date = Instant.parse(root.required("date").stringValue());
      return new Run(date, root.required("command").stringValue(), machine, results);
    } catch (JacksonException | java.time.DateTimeException e) {
      throw new IllegalArgumentException(String.valueOf(e.getMessage()), e);
    }
  }

  private static void read(JsonNode node, Results results) {
    Section section =
        results.section(
            node.required("name").stringValue(), node.required("explanation").stringValue());
    for (JsonNode note : node.required("notes")) {
      section.note(note.stringValue());
    }
    for (JsonNode contender : node.required("contenders")) {
      for (JsonNode round : contender.required("rounds")) {
        section.add(contender.required("name").stringValue(), round(round));
      }
    }
  }

  private static Round round(JsonNode node) {
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    for (Figure figure : Figure.values()) {
      JsonNode value = node.get(figure.key());
      if (value != null) {
        figures.put(figure, value.doubleValue());
      }
    }
    List<Double> latencyUs = new ArrayList<>();
    for (JsonNode value : node.required("latency_us")) {
      latencyUs.add(value.doubleValue());
    }
    boolean known = latencyUs.size() == Round.PERCENTILES.size();
    return new Round(figures, known ? latencyUs : List.of());
  }
}
