package io.tailrace.metadata;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The rules for topic names, the same as Kafka's. */
public final class TopicNames {
  public static final String CONSUMER_OFFSETS = "__consumer_offsets";
  public static final String TRANSACTION_STATE = "__transaction_state";
  public static final String SHARE_GROUP_STATE = "__share_group_state";
  static final String CLUSTER_METADATA = "__cluster_metadata";

  /** A partition's folder is {@code name-index}, and file systems allow 255 bytes. */
  static final int MAX_LENGTH = 249;

  private TopicNames() {}

  /** What is wrong with a name, null if it may be used. */
  public static @Nullable String invalidReason(String name) {
    if (name.isEmpty()) {
      return "a topic name must not be empty";
    }
    if (name.equals(".") || name.equals("..")) {
      return "a topic must not be called '" + name + "'";
    }
    if (name.length() > MAX_LENGTH) {
      return "a topic name has at most %d characters, this one has %d: '%s…'"
          .formatted(MAX_LENGTH, name.length(), printable(name.substring(0, 40)));
    }
    for (int i = 0; i < name.length(); i++) {
      if (!isLegal(name.charAt(i))) {
        return "a topic name has only ASCII letters, digits, '.', '_' and '-', not %s at place %d of '%s'"
            .formatted(describe(name.charAt(i)), i, printable(name));
      }
    }
    return null;
  }

  /** Whether the broker itself keeps its state in that topic. */
  public static boolean isInternal(String name) {
    return name.equals(CONSUMER_OFFSETS)
        || name.equals(TRANSACTION_STATE)
        || name.equals(SHARE_GROUP_STATE);
  }

  /** Metric names turn {@code .} into {@code _}: topics that are then the same collide. */
  static String unify(String name) {
    return name.replace('.', '_');
  }

  private static boolean isLegal(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '_'
        || c == '-';
  }

  private static String describe(char c) {
    return c > ' ' && c < 0x7f ? "'" + c + "'" : String.format(Locale.ROOT, "U+%04X", (int) c);
  }

  /** Names come from strangers and go into logs: control characters must not. */
  private static String printable(String name) {
    StringBuilder printable = new StringBuilder(name.length());
    name.chars().forEach(c -> printable.append(c >= ' ' && c < 0x7f ? (char) c : '?'));
    return printable.toString();
  }
}
