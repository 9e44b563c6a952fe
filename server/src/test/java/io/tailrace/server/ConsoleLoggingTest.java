package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.env.Clock;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsoleLoggingTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final ConsoleLogging logging =
      new ConsoleLogging(new PrintStream(bytes, true, StandardCharsets.UTF_8), new FixedClock());
  private final System.Logger log =
      logging.getLogger("io.tailrace.log.LogManager", ConsoleLoggingTest.class.getModule());

  @Test
  void oneLineWithTimeLevelClassAndPlainNumbers() {
    log.log(Level.WARNING, "port {0}, offset {1}", 9092, 1_234_567L);
    assertThat(text())
        .isEqualTo("1970-01-02T10:17:36.789Z WARN  LogManager: port 9092, offset 1234567\n");
  }

  @Test
  void linesBelowTheLevelAreNotPrinted() {
    log.log(Level.DEBUG, "hidden");
    assertThat(text()).isEmpty();
    logging.level(Level.DEBUG);
    log.log(Level.DEBUG, "shown");
    log.log(Level.TRACE, "hidden");
    assertThat(text()).endsWith(" DEBUG LogManager: shown\n").hasLineCount(1);
  }

  @Test
  void exceptionsComeWithTheirTrace() {
    log.log(Level.ERROR, "broken", new IllegalStateException("why"));
    assertThat(text())
        .contains(" ERROR LogManager: broken\njava.lang.IllegalStateException: why\n\tat ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{0} and {1}|x and null",
        "{0}{0}|xx",
        "{2}|{2}",
        "{|{",
        "{0|{0",
        "{a}|{a}",
        "it''s {0}|it's x",
      })
  void placeholders(String format, String filled) {
    assertThat(LogLine.fill(format, new Object[] {"x", null})).isEqualTo(filled);
  }

  @Test
  void servesTheLoggersOfTheProcess() {
    assertThat(System.LoggerFinder.getLoggerFinder()).isInstanceOf(ConsoleLogging.class);
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
  }

  /** A fixed time. */
  private static final class FixedClock implements Clock {
    @Override
    public long nanoTime() {
      return 0;
    }

    @Override
    public long wallMs() {
      return 123_456_789;
    }
  }
}
