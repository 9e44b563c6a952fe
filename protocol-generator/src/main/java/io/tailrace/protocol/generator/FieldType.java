package io.tailrace.protocol.generator;

/**
 * The type of a field, as the schemas name it: {@code int32}, {@code []string}, {@code []Topic}.
 */
sealed interface FieldType {

  /**
   * A type without structure of its own. {@code method} is the suffix of its read and write methods
   * at run time; {@code wireSize} is its size in bytes, or 0 if it has a length prefix; {@code
   * heapSize} is the size of a Java field that holds it.
   */
  enum Scalar implements FieldType {
    BOOL("bool", "boolean", "Boolean", 1, 1),
    INT8("int8", "byte", "Byte", 1, 1),
    INT16("int16", "short", "Short", 2, 2),
    UINT16("uint16", "int", "UnsignedShort", 2, 4),
    INT32("int32", "int", "Int", 4, 4),
    UINT32("uint32", "long", "UnsignedInt", 4, 8),
    INT64("int64", "long", "Long", 8, 8),
    FLOAT64("float64", "double", "Double", 8, 8),
    UUID("uuid", "UUID", "Uuid", 16, 4),
    STRING("string", "String", "String", 0, 4),
    BYTES("bytes", "byte[]", "Bytes", 0, 4),
    RECORDS("records", "Records", "Records", 0, 4);

    final String schemaName;
    final String javaType;
    final String method;
    final int wireSize;
    final int heapSize;

    Scalar(String schemaName, String javaType, String method, int wireSize, int heapSize) {
      this.schemaName = schemaName;
      this.javaType = javaType;
      this.method = method;
      this.wireSize = wireSize;
      this.heapSize = heapSize;
    }
  }

  record Struct(String name) implements FieldType {}

  record ArrayOf(FieldType element) implements FieldType {}

  static FieldType parse(String text) {
    if (text.startsWith("[]")) {
      FieldType element = parse(text.substring(2));
      if (element instanceof ArrayOf) {
        throw new IllegalArgumentException("Nested arrays are not part of the protocol: " + text);
      }
      return new ArrayOf(element);
    }
    for (Scalar scalar : Scalar.values()) {
      if (scalar.schemaName.equals(text)) {
        return scalar;
      }
    }
    if (!Character.isUpperCase(text.charAt(0))) {
      throw new IllegalArgumentException("Unknown type '" + text + "'");
    }
    return new Struct(text);
  }

  /** The struct this type is, or is an array of; empty if it is neither. */
  default String structName() {
    return switch (this) {
      case Struct struct -> struct.name();
      case ArrayOf(Struct struct) -> struct.name();
      case ArrayOf _, Scalar _ -> "";
    };
  }

  default boolean isStructArray() {
    return this instanceof ArrayOf(Struct _);
  }

  /** Whether a length comes first, which is a varint in flexible versions (KIP-482). */
  default boolean hasLength() {
    return this instanceof ArrayOf || (this instanceof Scalar scalar && scalar.wireSize == 0);
  }

  /** Suffix of the runtime's read and write methods; not defined for structs and their arrays. */
  default String method() {
    return switch (this) {
      case Scalar scalar -> scalar.method;
      // An array of int8 has the same bytes as a field of type bytes.
      case ArrayOf(Scalar element) when element == Scalar.INT8 -> "Bytes";
      case ArrayOf(Scalar element) -> element.method + "s";
      case ArrayOf _, Struct _ -> throw new IllegalArgumentException("No method reads a " + this);
    };
  }

  default String javaType() {
    return switch (this) {
      case Scalar scalar -> scalar.javaType;
      case Struct struct -> struct.name();
      case ArrayOf(Struct struct) -> "List<" + struct.name() + ">";
      case ArrayOf(Scalar element) ->
          switch (element) {
            case INT8, INT16, INT32, INT64 -> element.javaType + "[]";
            case STRING, UUID -> "List<" + element.javaType + ">";
            default -> throw new IllegalArgumentException("No Java type for arrays of " + element);
          };
      case ArrayOf array -> throw new IllegalArgumentException("No Java type for " + array);
    };
  }

  default String nullableJavaType() {
    String type = javaType();
    return type.endsWith("[]")
        ? type.substring(0, type.length() - 2) + " @Nullable []"
        : "@Nullable " + type;
  }
}
