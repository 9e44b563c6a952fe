package io.tailrace.bench.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Properties;

/** The files of this jar that go into every page. */
final class PageFiles {
  private static final String VERSIONS = "/io/tailrace/bench/versions.properties";

  private PageFiles() {}

  static String style() {
    return text("page.css");
  }

  /** Draws the plots out of the run's JSON. */
  static String plots() {
    return text("plots.js");
  }

  /** The plotting library, from its webjar. */
  static String chartJs() {
    return text(
        "/META-INF/resources/webjars/chart.js/" + chartJsVersion() + "/dist/chart.umd.min.js");
  }

  static String chartJsVersion() {
    Properties versions = new Properties();
    try (InputStream in = open(VERSIONS)) {
      versions.load(in);
    } catch (IOException e) {
      throw new IllegalStateException("the jar's own " + VERSIONS + " can't be read", e);
    }
    return Objects.requireNonNull(versions.getProperty("chart.js"));
  }

  private static String text(String name) {
    try (InputStream in = open(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("the jar's own " + name + " can't be read", e);
    }
  }

  private static InputStream open(String name) {
    return Objects.requireNonNull(PageFiles.class.getResourceAsStream(name), name);
  }
}
