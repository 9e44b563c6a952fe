package io.tailrace.coordinator.group;

/**
 * Whether a regular expression takes too much to compile: its counted repetitions are written out
 * ({@code ((a{1000}){1000}){1000}} would take all memory there is), and its groups go by recursion.
 * Where the syntax is in doubt, the answer is too large rather than too small.
 */
final class RegexSize {
  /** What repetitions may add. For the rest a pattern may be as long as a request. */
  static final int MAX_ADDED = 10_000;

  static final int MAX_DEPTH = 500;

  private final String regex;
  private int at;

  /** Sizes of the groups that are open, the whole pattern first. */
  private final long[] open;

  private int depth;
  private int deepest;

  /** Size of what a repetition would repeat. */
  private long last;

  private RegexSize(String regex) {
    this.regex = regex;
    this.open = new long[regex.length() + 1];
  }

  static boolean isTooLarge(String regex) {
    RegexSize size = new RegexSize(regex);
    return size.total() > MAX_ADDED + 3L * regex.length() || size.deepest > MAX_DEPTH;
  }

  private long total() {
    while (at < regex.length()) {
      char c = regex.charAt(at++);
      switch (c) {
        case '(' -> open();
        case ')' -> close();
        case '{' -> repeat(number());
        case '*', '+', '?' -> grow(1);
        case '[' -> {
          skipClass();
          atom();
        }
        case '\\' -> {
          skipEscape();
          atom();
        }
        default -> atom();
      }
    }
    long total = 0;
    for (int i = 0; i <= depth; i++) {
      total += open[i];
    }
    return total;
  }

  private void open() {
    depth++;
    deepest = Math.max(deepest, depth);
    open[depth] = 0;
  }

  private void atom() {
    last = 1;
    grow(1);
  }

  private void close() {
    last = open[depth] + 2;
    if (depth > 0) {
      depth--;
      grow(last);
    }
  }

  private void repeat(long times) {
    grow(last * times);
    last = capped(last * (times + 1));
  }

  private void grow(long size) {
    open[depth] = capped(open[depth] + size);
  }

  private static long capped(long size) {
    return Math.min(size, Integer.MAX_VALUE);
  }

  private boolean skip(String text) {
    boolean found = regex.startsWith(text, at);
    if (found) {
      at += text.length();
    }
    return found;
  }

  private void skipClass() {
    skip("^");
    skip("]");
    while (at < regex.length() && !skip("]")) {
      at += regex.charAt(at) == '\\' ? 2 : 1;
    }
  }

  private void skipEscape() {
    if (skip("Q")) {
      int end = regex.indexOf("\\E", at);
      at = end < 0 ? regex.length() : end + 2;
    } else {
      at++;
    }
  }

  /** The largest number up to the closing brace. */
  private long number() {
    long largest = 0;
    long number = 0;
    while (at < regex.length() && !skip("}")) {
      int digit = Character.digit(regex.charAt(at++), 10);
      number = digit < 0 ? 0 : capped(10 * number + digit);
      largest = Math.max(largest, number);
    }
    return largest;
  }
}
