package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tailrace.server.PropertiesFile.Property;
import java.io.BufferedReader;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PropertiesFileTest {
  @TempDir private Path folder;

  @Test
  void knowsTheLineOfEverySetting() throws Exception {
    String text = "# a comment \\\na=1\n\n  b : two\\\n   and more\n!x\nc\na=3\n";
    assertThat(PropertiesFile.read(file(text)))
        .containsExactly(
            new Property("a", "1", 2),
            new Property("b", "twoand more", 4),
            new Property("c", "", 7),
            new Property("a", "3", 8));
  }

  /** Any text means the same as to the JDK, which Kafka leaves it to. */
  @Test
  void readsWhatTheJdkReads() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String alphabet = "ab=: \t\\\\\n\n\r#!\f\"é";
    for (int round = 0; round < 2_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(40); i > 0; i--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      text.append('\n');
      Properties expected = new Properties();
      expected.load(new StringReader(text.toString()));
      Properties actual = new Properties();
      PropertiesFile.parse(folder, lines(text))
          .forEach(property -> actual.setProperty(property.name(), property.value()));
      // A lone backslash at the end is an empty name or nothing, by the JDK's buffer.
      expected.remove("");
      actual.remove("");
      assertThat(actual).as("seed %d, round %d: %s", seed, round, text).isEqualTo(expected);
    }
  }

  @Test
  void aBrokenEscapeIsNamedWithItsLine() throws Exception {
    Path file = file("a=1\nb=\\u12x4\n");
    assertThatExceptionOfType(StartException.class)
        .isThrownBy(() -> PropertiesFile.read(file))
        .withMessageStartingWith(file + ":2: ");
  }

  @Test
  void filesThatCannotBeReadAreNamed() throws Exception {
    Path missing = folder.resolve("missing");
    assertThatExceptionOfType(StartException.class)
        .isThrownBy(() -> PropertiesFile.read(missing))
        .withMessage("config file " + missing + " is not there");
    assertThatExceptionOfType(StartException.class)
        .isThrownBy(() -> PropertiesFile.read(folder))
        .withMessageStartingWith("config file " + folder);
    Path binary = folder.resolve("binary");
    Files.write(binary, new byte[] {'a', '=', (byte) 0xff, (byte) 0xfe});
    assertThatExceptionOfType(StartException.class)
        .isThrownBy(() -> PropertiesFile.read(binary))
        .withMessage("config file " + binary + " is not text in UTF-8");
  }

  private static List<String> lines(StringBuilder text) {
    return new BufferedReader(new StringReader(text.toString())).lines().toList();
  }

  private Path file(String text) throws Exception {
    return Files.writeString(folder.resolve("server.properties"), text);
  }
}
