package io.tailrace.bench.report;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A run as one HTML page that needs nothing else: style, script, Chart.js and the run's JSON are in
 * it. Its content security policy lets the browser load nothing, and run no script but these two.
 * Without scripts it still has all figures, as tables.
 */
public final class ReportPage {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH);

  private final Run run;
  private final Results results;
  private final Html html = new Html();

  private ReportPage(Run run) {
    this.run = run;
    this.results = run.results();
  }

  public static String of(Run run) {
    return new ReportPage(run).page();
  }

  private String page() {
    String library = PageFiles.chartJs();
    String plots = PageFiles.plots();
    html.open("html", "lang", "en").open("head");
    html.open("meta", "charset", "utf-8");
    html.open("meta", "http-equiv", "Content-Security-Policy", "content", policy(library, plots));
    html.open("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    html.element("title", title() + ", " + DATE.format(run.date().atOffset(ZoneOffset.UTC)));
    html.raw("style", PageFiles.style()).close("head").open("body");
    head();
    goals();
    results.sections().forEach(section -> new PageSection(results, section, html).write());
    machine();
    // In JSON "<" occurs in strings only, and may be written so; here it could end the element.
    String data = ReportJson.compact(run).replace("<", "\\u003c");
    html.raw("script", data, "type", "application/json", "id", "run");
    html.raw("script", library).raw("script", plots);
    return html.close("body").close("html").document();
  }

  private static String policy(String... scripts) {
    String hashes =
        List.of(scripts).stream()
            .map(script -> "'sha256-" + sha256(script) + "'")
            .collect(Collectors.joining(" "));
    return "default-src 'none'; style-src 'unsafe-inline'; script-src " + hashes;
  }

  private static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private String title() {
    Set<String> contenders = new LinkedHashSet<>();
    results.sections().forEach(section -> contenders.addAll(section.contenders()));
    return contenders.isEmpty() ? "Benchmark" : String.join(", ", contenders);
  }

  private void head() {
    html.open("header").element("h1", "Tailrace benchmark");
    html.element("p", title() + ". " + DATE.format(run.date().atOffset(ZoneOffset.UTC)));
    html.element("code", run.command(), "class", "command").close("header");
  }

  private void goals() {
    List<Verdict> verdicts = Goals.verdicts(results);
    if (verdicts.isEmpty()) {
      return;
    }
    long met = verdicts.stream().filter(Verdict::met).count();
    html.open("section").element("h2", "Goals");
    html.element("p", met + " of " + verdicts.size() + " goals met. Ratios are of medians.");
    html.open("div", "class", "wide").open("table").open("thead").open("tr");
    for (String column : List.of("", "workload", "goal", "reached", "")) {
      html.element("th", column, "scope", "col");
    }
    html.close("tr").close("thead").open("tbody");
    for (Verdict verdict : verdicts) {
      html.open("tr").element("td", verdict.goal().id());
      html.open("td").element("a", verdict.goal().section(), "href", "#" + anchor(verdict));
      html.close("td").element("td", verdict.goal().text());
      html.element("td", verdict.ratio(), "class", "number");
      html.element("td", verdict.outcome(), "class", verdict.met() ? "met" : "missed").close("tr");
    }
    html.close("tbody").close("table").close("div").close("section");
  }

  private static String anchor(Verdict verdict) {
    return "section-" + verdict.goal().section();
  }

  private void machine() {
    Machine machine = run.machine();
    html.open("footer").element("h2", "Machine").open("dl");
    fact("processor", machine.cpu() + ", " + machine.cores() + " cores");
    fact("memory", String.format(Locale.ROOT, "%.1f GB", machine.memoryBytes() / 1e9));
    fact("kernel", machine.kernel());
    fact("Java", machine.jdk());
    fact("commit", machine.commit());
    fact("command", run.command());
    html.close("dl");
    html.element(
        "p",
        "Medians of the rounds, with the smallest and largest. How it was measured:"
            + " docs/benchmarks.md. Plots: Chart.js "
            + PageFiles.chartJsVersion()
            + ", © Chart.js contributors, MIT licence.");
    html.close("footer");
  }

  private void fact(String name, String value) {
    html.element("dt", name).element("dd", value);
  }
}
