package io.tailrace.protocol.generator;

/**
 * An inclusive range of message versions, in the schemas' notation: {@code 3}, {@code 3-5}, {@code
 * 3+} or {@code none}.
 */
record VersionRange(int lowest, int highest) {
  static final int OPEN = Short.MAX_VALUE;
  static final VersionRange NONE = new VersionRange(0, -1);

  /**
   * @throws IllegalArgumentException if the text is not in the notation above
   */
  static VersionRange parse(String text) {
    if (text.equals("none")) {
      return NONE;
    }
    if (!text.matches("\\d{1,4}(\\+|-\\d{1,4})?")) {
      throw new IllegalArgumentException("'" + text + "' is not a range of versions");
    }
    if (text.endsWith("+")) {
      return new VersionRange(Integer.parseInt(text, 0, text.length() - 1, 10), OPEN);
    }
    int dash = text.indexOf('-');
    int lowest = Integer.parseInt(dash < 0 ? text : text.substring(0, dash));
    int highest = dash < 0 ? lowest : Integer.parseInt(text.substring(dash + 1));
    if (highest < lowest) {
      throw new IllegalArgumentException("The range of versions '" + text + "' is reversed");
    }
    return new VersionRange(lowest, highest);
  }

  boolean isEmpty() {
    return highest < lowest;
  }

  boolean contains(int version) {
    return version >= lowest && version <= highest;
  }

  boolean contains(VersionRange other) {
    return other.isEmpty() || (contains(other.lowest) && contains(other.highest));
  }

  VersionRange intersect(VersionRange other) {
    int low = Math.max(lowest, other.lowest);
    int high = Math.min(highest, other.highest);
    return high < low ? NONE : new VersionRange(low, high);
  }

  /** What is left of this range below the start of {@code other}. */
  VersionRange below(VersionRange other) {
    return other.isEmpty() ? this : intersect(new VersionRange(0, other.lowest - 1));
  }

  @Override
  public String toString() {
    if (isEmpty()) {
      return "none";
    }
    return lowest == highest
        ? "" + lowest
        : highest == OPEN ? lowest + "+" : lowest + "-" + highest;
  }
}
