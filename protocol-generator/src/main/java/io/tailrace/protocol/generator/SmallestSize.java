package io.tailrace.protocol.generator;

import io.tailrace.protocol.generator.FieldType.Scalar;

/**
 * The fewest bytes a struct takes on the wire, by version. Decoders check an array's count against
 * it before they allocate.
 */
final class SmallestSize {
  private SmallestSize() {}

  /** A Java expression over {@code version}, for all versions of the struct. */
  static String expression(MessageSpec message, StructSpec struct) {
    StringBuilder text = new StringBuilder();
    int version = struct.versions().highest();
    while (version > struct.versions().lowest()) {
      int size = of(message, struct, version);
      int first = version;
      while (first > struct.versions().lowest() && of(message, struct, first - 1) == size) {
        first--;
      }
      if (first == struct.versions().lowest()) {
        return text.append(size).toString();
      }
      text.append("version >= ").append(first).append(" ? ").append(size).append(" : ");
      version = first - 1;
    }
    return text.append(of(message, struct, version)).toString();
  }

  private static int of(MessageSpec message, StructSpec struct, int version) {
    int size = message.flexibleVersions().contains(version) ? 1 : 0;
    for (FieldSpec field : struct.fields()) {
      if (field.plainVersions().contains(version)) {
        size += of(message, field, version);
      }
    }
    if (size == 0) {
      throw new IllegalArgumentException(
          message.name() + "." + struct.name() + " is empty in version " + version);
    }
    return size;
  }

  private static int of(MessageSpec message, FieldSpec field, int version) {
    boolean flexible = field.flexibleVersions().contains(version);
    return switch (field.type()) {
      case Scalar scalar when scalar.wireSize > 0 -> scalar.wireSize;
      case Scalar scalar when scalar == Scalar.STRING -> flexible ? 1 : 2;
      case Scalar _, FieldType.ArrayOf _ -> flexible ? 1 : 4;
      case FieldType.Struct _ when field.nullableVersions().contains(version) -> 1;
      case FieldType.Struct inner -> of(message, message.struct(inner.name()), version);
    };
  }
}
