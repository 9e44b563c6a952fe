package io.tailrace.broker.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which values of a setting are allowed. */
sealed interface ConfigRange<T> {

  /** What is wrong with the value, as a sentence for the user; null if it is allowed. */
  @Nullable String fault(T value);

  /** The allowed values in words, for the reference and for messages; empty if all are. */
  String text();

  /** All values of the type. */
  static <T> ConfigRange<T> any() {
    return new Any<>();
  }

  /** Numbers from {@code min}. */
  static ConfigRange<Number> atLeast(long min) {
    return new Between(min, Long.MAX_VALUE);
  }

  /** Numbers from {@code min} to {@code max}, both allowed. */
  static ConfigRange<Number> between(long min, long max) {
    return new Between(min, max);
  }

  /** One more number beside a range. */
  static ConfigRange<Number> orElse(long other, Between range) {
    return new OrElse(other, range);
  }

  /** One of these words. */
  static ConfigRange<String> oneOf(String... words) {
    return new OneOf(List.of(words));
  }

  /** Any number of these words. */
  static ConfigRange<List<String>> listOf(String... words) {
    return new ListOf(new OneOf(List.of(words)));
  }

  /** {@link #any}. */
  record Any<T>() implements ConfigRange<T> {
    @Override
    public @Nullable String fault(T value) {
      return null;
    }

    @Override
    public String text() {
      return "";
    }
  }

  /** {@link #atLeast} and {@link #between}. */
  record Between(long min, long max) implements ConfigRange<Number> {
    @Override
    public @Nullable String fault(Number value) {
      if (value instanceof Double d) {
        if (d.isNaN()) {
          return "Value must be a number";
        }
        boolean over = d > max && max < Long.MAX_VALUE;
        return d < min ? tooSmall() : over ? tooLarge() : null;
      }
      long whole = value.longValue();
      return whole < min ? tooSmall() : whole > max ? tooLarge() : null;
    }

    private String tooSmall() {
      return "Value must be at least " + min;
    }

    private String tooLarge() {
      return "Value must be no more than " + max;
    }

    @Override
    public String text() {
      return max == Long.MAX_VALUE ? "at least " + min : min + " to " + max;
    }
  }

  /** {@link #orElse}. */
  record OrElse(long other, Between range) implements ConfigRange<Number> {
    @Override
    public @Nullable String fault(Number value) {
      boolean allowed = value.longValue() == other || range.fault(value) == null;
      return allowed ? null : "Value must be " + phrase() + " or equal to " + other;
    }

    private String phrase() {
      return range.max() == Long.MAX_VALUE
          ? "at least " + range.min()
          : "between " + range.min() + " and " + range.max();
    }

    @Override
    public String text() {
      return other + " or " + range.text();
    }
  }

  /** {@link #oneOf}. */
  record OneOf(List<String> words) implements ConfigRange<String> {
    @Override
    public @Nullable String fault(String value) {
      return words.contains(value) ? null : "String must be one of: " + String.join(", ", words);
    }

    @Override
    public String text() {
      return String.join(", ", words);
    }
  }

  /** {@link #listOf}. */
  record ListOf(OneOf words) implements ConfigRange<List<String>> {
    @Override
    public @Nullable String fault(List<String> value) {
      for (String entry : value) {
        String fault = words.fault(entry);
        if (fault != null) {
          return fault;
        }
      }
      return null;
    }

    @Override
    public String text() {
      return "any of " + words.text();
    }
  }

  /** Replicas to throttle: {@code *}, or a list of {@code partition:broker}. */
  record ThrottledReplicas() implements ConfigRange<List<String>> {
    @Override
    public @Nullable String fault(List<String> value) {
      if (value.equals(List.of("*"))) {
        return null;
      }
      for (String entry : value) {
        if (!isPair(entry)) {
          return "Value must be '*' or a list of replicas as partition:broker,partition:broker";
        }
      }
      return null;
    }

    private static boolean isPair(String entry) {
      int colon = entry.indexOf(':');
      return colon > 0 && isNumber(entry, 0, colon) && isNumber(entry, colon + 1, entry.length());
    }

    private static boolean isNumber(String text, int from, int to) {
      for (int i = from; i < to; i++) {
        if (text.charAt(i) < '0' || text.charAt(i) > '9') {
          return false;
        }
      }
      return from < to;
    }

    @Override
    public String text() {
      return "* or partition:broker, …";
    }
  }
}
