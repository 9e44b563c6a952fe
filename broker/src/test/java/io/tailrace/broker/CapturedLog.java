package io.tailrace.broker;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** The broker's log lines from warnings on, while this is open. They are not printed. */
final class CapturedLog extends Handler {
  private final Logger logger = Logger.getLogger("io.tailrace");
  private final List<LogRecord> records = new CopyOnWriteArrayList<>();

  CapturedLog() {
    logger.setUseParentHandlers(false);
    logger.addHandler(this);
  }

  /** Lines of level ERROR, and all that carry a stack trace. */
  List<String> errors() {
    return records.stream()
        .filter(it -> it.getLevel().intValue() >= Level.SEVERE.intValue() || it.getThrown() != null)
        .map(it -> it.getLoggerName() + ": " + text(it) + " " + it.getThrown())
        .toList();
  }

  /** All lines, as they would be printed. */
  List<String> lines() {
    return records.stream().map(CapturedLog::text).toList();
  }

  private static String text(LogRecord line) {
    return new SimpleFormatter().formatMessage(line);
  }

  @Override
  public void publish(LogRecord line) {
    if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
      records.add(line);
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setUseParentHandlers(true);
  }
}
