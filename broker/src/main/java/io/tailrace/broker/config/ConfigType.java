package io.tailrace.broker.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Kafka's types of settings, with the number that DescribeConfigs reports for each. Text is read as
 * Kafka reads it: surrounding blanks don't count, booleans ignore case, lists are separated by
 * commas.
 */
public final class ConfigType<T> {
  public static final ConfigType<Boolean> BOOLEAN = new ConfigType<>("boolean", 1);
  public static final ConfigType<String> STRING = new ConfigType<>("string", 2);
  public static final ConfigType<Integer> INT = new ConfigType<>("int", 3);
  public static final ConfigType<Short> SHORT = new ConfigType<>("short", 4);
  public static final ConfigType<Long> LONG = new ConfigType<>("long", 5);
  public static final ConfigType<Double> DOUBLE = new ConfigType<>("double", 6);
  public static final ConfigType<List<String>> LIST = new ConfigType<>("list", 7);

  /** The name of a class; nothing is loaded. */
  public static final ConfigType<String> CLASS = new ConfigType<>("class", 8);

  /** A text that is never shown. */
  public static final ConfigType<String> PASSWORD = new ConfigType<>("password", 9);

  private final String name;
  private final byte id;

  private ConfigType(String name, int id) {
    this.name = name;
    this.id = (byte) id;
  }

  /** Kafka's word for the type in its documentation. */
  public String name() {
    return name;
  }

  /** The type's number in a DescribeConfigs response (KIP-569). */
  public byte id() {
    return id;
  }

  /**
   * Reads a value; {@code setting} is for the message.
   *
   * @throws ConfigException if the text has another type
   */
  @SuppressWarnings("unchecked") // each case makes the value of its own type
  T parse(String setting, String text) {
    String trimmed = text.strip();
    try {
      return (T)
          switch (name) {
            case "boolean" -> parseBoolean(setting, text, trimmed);
            case "int" -> (Object) Integer.parseInt(trimmed);
            case "short" -> Short.parseShort(trimmed);
            case "long" -> Long.parseLong(trimmed);
            case "double" -> Double.parseDouble(trimmed);
            case "list" -> parseList(setting, text, trimmed);
            default -> trimmed;
          };
    } catch (NumberFormatException e) {
      throw new ConfigException(setting, text, "Not a number of type " + kafkaName());
    }
  }

  /** A value as text that {@link #parse} reads back. */
  String format(Object value) {
    return value instanceof List<?> list ? join(list) : value.toString();
  }

  private static Boolean parseBoolean(String setting, String text, String trimmed) {
    if (trimmed.equalsIgnoreCase("true")) {
      return true;
    }
    if (trimmed.equalsIgnoreCase("false")) {
      return false;
    }
    throw new ConfigException(setting, text, "Expected value to be either true or false");
  }

  private static List<String> parseList(String setting, String text, String trimmed) {
    if (trimmed.isEmpty()) {
      return List.of();
    }
    String[] entries = trimmed.split(",", -1);
    for (int i = 0; i < entries.length; i++) {
      entries[i] = entries[i].strip();
      if (entries[i].isEmpty()) {
        throw new ConfigException(setting, text, "Entries of a list must not be empty");
      }
    }
    return List.of(entries);
  }

  private static String join(List<?> list) {
    StringBuilder text = new StringBuilder();
    for (@Nullable Object entry : list) {
      text.append(text.isEmpty() ? "" : ",").append(entry);
    }
    return text.toString();
  }

  private String kafkaName() {
    return name.toUpperCase(java.util.Locale.ROOT);
  }

  @Override
  public String toString() {
    return name;
  }
}
