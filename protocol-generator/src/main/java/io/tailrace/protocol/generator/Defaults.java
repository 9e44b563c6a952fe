package io.tailrace.protocol.generator;

import io.tailrace.protocol.generator.FieldType.Scalar;
import java.util.Locale;

/** Java expressions for the default of a field, and for whether the field still has it. */
final class Defaults {
  private Defaults() {}

  /** The value of a new object's field. */
  static String value(FieldSpec field) {
    String text = field.defaultText();
    if (text.equals("null") || field.isLazyStruct()) {
      return "null";
    }
    return switch (field.type()) {
      case Scalar scalar -> scalar(field, scalar);
      case FieldType.Struct struct -> requireNone(text, "new " + struct.name() + "()");
      case FieldType.ArrayOf array -> {
        String type = array.javaType();
        yield requireNone(
            text,
            type.endsWith("[]")
                ? "Message.NO_"
                    + type.substring(0, type.length() - 2).toUpperCase(Locale.ROOT)
                    + "S"
                : "List.of()");
      }
    };
  }

  private static String scalar(FieldSpec field, Scalar scalar) {
    String text = field.defaultText();
    return switch (scalar) {
      case BOOL -> "" + bool(text);
      case INT8, INT16, UINT16, INT32, UINT32, INT64 -> integer(scalar, text);
      case FLOAT64 -> "" + (text.isEmpty() ? 0.0 : Double.parseDouble(text));
      case STRING -> literal(text);
      case UUID -> requireNone(text, "Message.ZERO_UUID");
      case BYTES -> requireNone(text, "Message.NO_BYTES");
      // Kafka: records are null until they are set.
      case RECORDS -> requireNone(text, field.nullable() ? "null" : "MemoryRecords.EMPTY");
    };
  }

  /** An expression that is true while the field has its default, whatever its value is. */
  static String isDefault(FieldSpec field) {
    String name = "this." + field.name();
    if (field.isLazyStruct()) {
      return "(" + name + " == null || " + name + ".isDefault())";
    }
    String value = value(field);
    if (value.equals("null")) {
      return name + " == null";
    }
    return switch (field.type()) {
      case Scalar scalar when scalar == Scalar.BOOL -> value.equals("true") ? name : "!" + name;
      case Scalar scalar when scalar == Scalar.STRING || scalar == Scalar.UUID ->
          value + ".equals(" + name + ")";
      case Scalar scalar when scalar.wireSize > 0 -> name + " == " + value;
      default -> "(" + name + " != null && " + isEmpty(field.type(), name) + ")";
    };
  }

  /** The opposite of {@link #isDefault}. */
  static String isChanged(FieldSpec field) {
    String expression = isDefault(field);
    if (expression.startsWith("!")) {
      return expression.substring(1);
    }
    return expression.matches("\\S+ == \\S+") ? expression.replace("==", "!=") : "!" + expression;
  }

  private static String isEmpty(FieldType type, String name) {
    if (type == Scalar.RECORDS) {
      return name + ".sizeInBytes() == 0";
    }
    if (type instanceof FieldType.Struct) {
      return name + ".isDefault()";
    }
    return type.javaType().endsWith("[]") ? name + ".length == 0" : name + ".isEmpty()";
  }

  private static boolean bool(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "", "false" -> false;
      case "true" -> true;
      default -> throw new IllegalArgumentException("Not a boolean: " + text);
    };
  }

  private static String integer(Scalar scalar, String text) {
    long value = text.isEmpty() ? 0 : Long.decode(text);
    boolean unsigned = scalar == Scalar.UINT16 || scalar == Scalar.UINT32;
    int bits = scalar.wireSize * 8;
    long highest = unsigned ? (1L << bits) - 1 : -1L >>> (65 - bits);
    if (value > highest || value < (unsigned ? 0 : -highest - 1)) {
      throw new IllegalArgumentException("Default " + text + " is no " + scalar.schemaName);
    }
    return scalar.javaType.equals("long") ? value + "L" : "" + value;
  }

  private static String literal(String text) {
    if (!text.matches("[A-Za-z0-9 ._-]*")) {
      throw new IllegalArgumentException("Default string '" + text + "' would need escapes");
    }
    return '"' + text + '"';
  }

  private static String requireNone(String text, String value) {
    if (!text.isEmpty()) {
      throw new IllegalArgumentException("Default '" + text + "' is not supported for this type");
    }
    return value;
  }
}
