package io.tailrace.broker.config;

/**
 * A setting that can't be taken: wrong type, out of range, unknown, or at odds with another one.
 * The message is worded as Kafka words it, because tools show it to their users.
 */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String setting;
  private final String reason;

  /** {@code text} is the value as given. */
  public ConfigException(String setting, String text, String reason) {
    super("Invalid value " + text + " for configuration " + setting + ": " + reason);
    this.setting = setting;
    this.reason = reason;
  }

  /** For faults that lie in more than one value; {@code setting} is the one to change first. */
  ConfigException(String setting, String message) {
    super(message);
    this.setting = setting;
    this.reason = message;
  }

  /** Name of the setting at fault. */
  public String setting() {
    return setting;
  }

  /** What is wrong with it, without name and value. */
  public String reason() {
    return reason;
  }
}
