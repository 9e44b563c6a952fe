package io.tailrace.protocol.generator;

/**
 * A test of the generated code's variable {@code version}, given that it lies {@code within} a
 * range: a Java expression, or {@code true} or {@code false} where the range already decides.
 */
record VersionCondition(String expression, String negation) {
  static VersionCondition of(VersionRange range, VersionRange within) {
    VersionRange common = range.intersect(within);
    if (common.isEmpty()) {
      return new VersionCondition("false", "true");
    }
    boolean fromBelow = common.lowest() <= within.lowest();
    boolean toTop = common.highest() >= within.highest();
    if (fromBelow && toTop) {
      return new VersionCondition("true", "false");
    }
    String low = "version >= " + common.lowest();
    String notLow = "version < " + common.lowest();
    String high = "version <= " + common.highest();
    String notHigh = "version > " + common.highest();
    if (toTop) {
      return new VersionCondition(low, notLow);
    }
    return fromBelow
        ? new VersionCondition(high, notHigh)
        : new VersionCondition(low + " && " + high, "(" + notLow + " || " + notHigh + ")");
  }

  boolean always() {
    return expression.equals("true");
  }

  boolean never() {
    return expression.equals("false");
  }

  /** This condition in front of another, without a needless {@code true}. */
  String and(String other) {
    return always() ? other : expression + " && " + other;
  }

  /**
   * Whether a field's length is a varint in these versions, as an expression that uses the
   * generated methods' variable {@code flexible} where it says the same.
   */
  static String compact(MessageSpec message, StructSpec struct, FieldSpec field, VersionRange in) {
    String flexible = of(message.flexibleVersions(), struct.versions()).expression();
    String expression = of(field.flexibleVersions(), in).expression();
    return expression.equals(flexible) && !expression.matches("true|false")
        ? "flexible"
        : expression;
  }
}
