package io.tailrace.protocol.generator;

import io.tailrace.protocol.generator.FieldType.Scalar;

/** Writes a struct's {@code read} and the static methods that read a list of it or one of it. */
final class ReadMethod {
  private final MessageSpec message;
  private final StructSpec struct;
  private final JavaSource out;

  ReadMethod(MessageSpec message, StructSpec struct, JavaSource out) {
    this.message = message;
    this.struct = struct;
    this.out = out;
  }

  void write() {
    VersionCondition flexible = VersionCondition.of(message.flexibleVersions(), struct.versions());
    out.blank().line("@Override");
    out.line("public void read(ProtocolReader in, short version) {");
    if (struct == message.top()) {
      out.line("ProtocolReader.checkVersion(");
      out.line("    \"" + message.name() + "\", version, LOWEST_VERSION, HIGHEST_VERSION);");
    }
    if (!flexible.always() && !flexible.never()) {
      out.line("boolean flexible = " + flexible.expression() + ";");
    }
    struct.fields().forEach(this::plainField);
    if (flexible.always()) {
      taggedFields();
    } else if (!flexible.never()) {
      out.line("if (flexible) {");
      taggedFields();
      out.line("}");
    }
    out.line("}");
  }

  private void plainField(FieldSpec field) {
    VersionCondition present = VersionCondition.of(field.plainVersions(), struct.versions());
    String reset = "this." + field.name() + " = " + Defaults.value(field) + ";";
    if (present.always()) {
      out.line(assignment(field, field.plainVersions()));
    } else if (present.never()) {
      out.line(reset);
    } else {
      out.line("if (" + present.expression() + ") {");
      out.line(assignment(field, field.plainVersions()));
      out.line("} else {").line(reset).line("}");
    }
  }

  private void taggedFields() {
    if (struct.taggedFields().isEmpty()) {
      out.line("in.skipTaggedFields();");
      return;
    }
    out.line("for (int left = in.readTagCount(); left > 0; left--) {");
    out.line("int tag = in.readUnsignedVarint();");
    // Like Kafka, we believe a known field rather than the size it announces.
    out.line("int size = in.readUnsignedVarint();");
    out.line("switch (tag) {");
    for (FieldSpec field : struct.taggedFields()) {
      VersionCondition present = VersionCondition.of(field.taggedVersions(), flexibleVersions());
      out.line("case " + field.tag() + " -> {");
      if (!present.always()) {
        out.line("if (" + present.expression() + ") {");
      }
      out.line(assignment(field, field.taggedVersions()));
      if (!present.always()) {
        out.line("} else {").line("in.skip(size);").line("}");
      }
      out.line("}");
    }
    out.line("default -> in.skip(size);");
    out.line("}");
    out.line("}");
  }

  private VersionRange flexibleVersions() {
    return message.flexibleVersions().intersect(struct.versions());
  }

  private String assignment(FieldSpec field, VersionRange versions) {
    String value = expression(field, versions, "");
    if (field.nullable() && !(field.type() instanceof Scalar s && s.wireSize > 0)) {
      VersionCondition nullable = VersionCondition.of(field.nullableVersions(), versions);
      String orNull = expression(field, versions, "Nullable");
      value =
          nullable.always()
              ? orNull
              : nullable.never() ? value : nullable.expression() + " ? " + orNull + " : " + value;
    }
    return "this." + field.name() + " = " + value + ";";
  }

  private String expression(FieldSpec field, VersionRange versions, String nullable) {
    String compact = VersionCondition.compact(message, struct, field, versions);
    return switch (field.type()) {
      case Scalar scalar when scalar.wireSize > 0 -> "in.read" + scalar.method + "()";
      case FieldType.Struct(String name) -> {
        boolean marked = !nullable.isEmpty();
        String present = field.isTagged() ? "in.readTaggedPresence()" : "in.readPresence()";
        yield (marked ? present + " ? " : "")
            + (name + ".readOne(in, version)")
            + (marked ? " : null" : "");
      }
      case FieldType.ArrayOf(FieldType.Struct(String name)) ->
          name + ".read" + nullable + "List(in, version, " + compact + ")";
      default -> "in.read" + nullable + field.type().method() + "(" + compact + ")";
    };
  }

  /** Reads one struct that is a field by itself. */
  void writeReadOne() {
    out.blank().line("static " + struct.name() + " readOne(ProtocolReader in, short version) {");
    out.line("in.charge(HEAP_BYTES);");
    out.line(struct.name() + " value = new " + struct.name() + "();");
    out.line("value.read(in, version);");
    out.line("return value;");
    out.line("}");
  }

  /** Reads lists of the struct; the nullable form answers null for the length -1. */
  void writeReadList(boolean plain, boolean nullable) {
    String list = "List<" + struct.name() + ">";
    String parameters = "(ProtocolReader in, short version, boolean compact) {";
    String arguments = "(compact, smallestSize(version), HEAP_BYTES)";
    out.blank().line("private static int smallestSize(short version) {");
    out.line("return " + SmallestSize.expression(message, struct) + ";");
    out.line("}");
    if (plain) {
      out.blank().line("static " + list + " readList" + parameters);
      out.line("return readElements(in, version, in.readArrayLength" + arguments + ");");
      out.line("}");
    }
    if (nullable) {
      out.blank().line("static @Nullable " + list + " readNullableList" + parameters);
      out.line("int count = in.readNullableArrayLength" + arguments + ";");
      out.line("return count < 0 ? null : readElements(in, version, count);");
      out.line("}");
    }
    out.blank();
    out.line(
        "private static " + list + " readElements(ProtocolReader in, short version, int count) {");
    out.line("if (count == 0) {").line("return List.of();").line("}");
    out.line(list + " elements = new ArrayList<>(count);");
    out.line("for (int i = 0; i < count; i++) {");
    out.line(struct.name() + " element = new " + struct.name() + "();");
    out.line("element.read(in, version);");
    out.line("elements.add(element);");
    out.line("}");
    out.line("return elements;");
    out.line("}");
  }
}
