package io.tailrace.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Apache Kafka's jars: fetched once through Maven, then kept in the user's cache. */
final class KafkaJars {
  private static final String POM = "kafka-control.xml";
  private static final int LINES_SHOWN = 20;

  private final Properties versions = new Properties();
  private final Path folder;
  private final Progress progress;

  /**
   * @param cache the user's cache folder
   */
  KafkaJars(Path cache, Progress progress) {
    try (InputStream in = resource("versions.properties")) {
      versions.load(in);
    } catch (IOException e) {
      throw new IllegalStateException("the jar's own versions.properties can't be read", e);
    }
    this.folder = cache.resolve("tailrace").resolve("kafka-" + version("kafka"));
    this.progress = progress;
  }

  /** {@code $XDG_CACHE_HOME}, or {@code ~/.cache} (XDG Base Directory Specification). */
  static Path userCache(@Nullable String xdgCacheHome, String home) {
    return xdgCacheHome == null || xdgCacheHome.isEmpty()
        ? Path.of(home, ".cache")
        : Path.of(xdgCacheHome);
  }

  /** The folder with the jars, after fetching them if they are not there. */
  Path fetch() throws IOException, InterruptedException {
    Path jars = folder.resolve("lib");
    if (!Files.isDirectory(jars)) {
      Path partial = Files.createDirectories(folder).resolve("lib.partial");
      try (InputStream pom = resource(POM)) {
        Files.copy(pom, folder.resolve("pom.xml"), StandardCopyOption.REPLACE_EXISTING);
      }
      runMaven(partial);
      Files.move(partial, jars, StandardCopyOption.ATOMIC_MOVE);
    }
    return jars;
  }

  private void runMaven(Path into) throws IOException, InterruptedException {
    String what = "fetching Apache Kafka " + version("kafka") + " through Maven (126 MB, once)";
    progress.show(what);
    Process maven = startMaven(into);
    Deque<String> lines = new ArrayDeque<>();
    int files = 0;
    for (String line : (Iterable<String>) maven.inputReader().lines()::iterator) {
      if (line.contains("Downloaded from")) {
        progress.detail(++files + " files");
      }
      lines.add(line);
      if (lines.size() > LINES_SHOWN) {
        lines.remove();
      }
    }
    int status = maven.waitFor();
    if (status != 0) {
      throw new BenchException(
          "Maven could not fetch Kafka (status " + status + "):\n" + String.join("\n", lines));
    }
  }

  private Process startMaven(Path into) throws IOException {
    String plugin =
        "org.apache.maven.plugins:maven-dependency-plugin:" + version("dependency-plugin");
    List<String> command =
        List.of(
            "mvn",
            "-B",
            "-f",
            folder.resolve("pom.xml").toString(),
            plugin + ":copy-dependencies",
            "-Dkafka.version=" + version("kafka"),
            "-DoutputDirectory=" + into);
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new BenchException(
          "Maven is needed to fetch Kafka, and mvn does not run: " + e.getMessage(), e);
    }
  }

  private String version(String of) {
    return Objects.requireNonNull(versions.getProperty(of), of);
  }

  private static InputStream resource(String name) {
    return Objects.requireNonNull(KafkaJars.class.getResourceAsStream(name), name);
  }
}
