package io.tailrace.broker.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names that Kafka's broker knows and Tailrace has no use for, so that a file written for Kafka
 * brings no warning for each of them. Reads its list when it is made.
 */
public final class KafkaSettings {
  private static final String LIST = "kafka-settings.txt";

  private final Set<String> names = new HashSet<>();

  /** Reads the list from the class path. */
  public KafkaSettings() {
    try (InputStream in = KafkaSettings.class.getResourceAsStream(LIST)) {
      if (in == null) {
        throw new IllegalStateException(LIST + " is missing from the class path");
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
      for (@Nullable String line = lines.readLine(); line != null; line = lines.readLine()) {
        names.add(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether Kafka knows the name; {@code listener.name.NAME.x} counts as x. */
  public boolean contains(String name) {
    if (name.startsWith("listener.name.")) {
      return contains(name.substring(name.indexOf('.', "listener.name.".length()) + 1));
    }
    return names.contains(name);
  }
}
