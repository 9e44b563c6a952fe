package io.tailrace.server;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.System.Logger.Level;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** {@code 2026-11-22T09:41:05.123Z WARN LogManager: message}, times in UTC. */
final class LogLine {
  private LogLine() {}

  static String format(
      long wallMs, Level level, String logger, String message, @Nullable Throwable thrown) {
    StringBuilder line = new StringBuilder(100 + message.length());
    appendTime(line, wallMs);
    line.append(
        switch (level) {
          case ERROR -> " ERROR ";
          case WARNING -> " WARN  ";
          case INFO -> " INFO  ";
          case DEBUG -> " DEBUG ";
          default -> " TRACE ";
        });
    line.append(logger, logger.lastIndexOf('.') + 1, logger.length());
    line.append(": ").append(message).append(System.lineSeparator());
    if (thrown != null) {
      StringWriter trace = new StringWriter();
      thrown.printStackTrace(new PrintWriter(trace));
      line.append(trace);
    }
    return line.toString();
  }

  /**
   * Puts parameters in the places {@code {0}} to {@code {9}}. Unlike MessageFormat it leaves
   * numbers as they are: 9092 is a port, not 9,092. As there, two single quotes stand for one.
   */
  static String fill(String format, @Nullable Object @Nullable [] parameters) {
    if (parameters == null || parameters.length == 0) {
      return format;
    }
    StringBuilder filled = new StringBuilder(format.length() + 64);
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      int index = i + 2 < format.length() && c == '{' ? format.charAt(i + 1) - '0' : -1;
      if (index >= 0 && index < parameters.length && format.charAt(i + 2) == '}') {
        filled.append(parameters[index]);
        i += 2;
      } else if (c == '\'' && i + 1 < format.length() && format.charAt(i + 1) == '\'') {
        filled.append(c);
        i++;
      } else {
        filled.append(c);
      }
    }
    return filled.toString();
  }

  private static void appendTime(StringBuilder line, long wallMs) {
    LocalDateTime time =
        LocalDateTime.ofEpochSecond(Math.floorDiv(wallMs, 1000L), 0, ZoneOffset.UTC);
    line.append(time.getYear()).append('-');
    appendTwo(line, time.getMonthValue()).append('-');
    appendTwo(line, time.getDayOfMonth()).append('T');
    appendTwo(line, time.getHour()).append(':');
    appendTwo(line, time.getMinute()).append(':');
    appendTwo(line, time.getSecond()).append('.');
    int ms = (int) Math.floorMod(wallMs, 1000L);
    line.append(ms / 100);
    appendTwo(line, ms % 100).append('Z');
  }

  private static StringBuilder appendTwo(StringBuilder line, int value) {
    return line.append(value / 10).append(value % 10);
  }
}
