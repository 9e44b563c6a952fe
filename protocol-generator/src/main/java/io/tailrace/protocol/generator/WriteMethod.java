package io.tailrace.protocol.generator;

import io.tailrace.protocol.generator.FieldType.Scalar;
import java.util.List;

/** Writes a struct's {@code write}. */
final class WriteMethod {
  private final MessageSpec message;
  private final StructSpec struct;
  private final JavaSource out;

  WriteMethod(MessageSpec message, StructSpec struct, JavaSource out) {
    this.message = message;
    this.struct = struct;
    this.out = out;
  }

  void write() {
    VersionCondition flexible = VersionCondition.of(message.flexibleVersions(), struct.versions());
    out.blank().line("@Override");
    out.line("public void write(ProtocolWriter out, short version) {");
    if (struct == message.top()) {
      out.line("ProtocolWriter.checkVersion(");
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
    if (present.always()) {
      value(field, field.plainVersions());
      return;
    }
    if (!present.never()) {
      out.line("if (" + present.expression() + ") {");
      value(field, field.plainVersions());
      out.line("}");
    }
    VersionCondition exists = VersionCondition.of(field.versions(), struct.versions());
    if (!field.ignorable() && !exists.always()) {
      String absent = exists.never() ? "" : exists.negation() + " && ";
      out.line("if (" + absent + Defaults.isChanged(field) + ") {");
      out.line("throw ProtocolWriter.absentField(" + path(field) + ", version);");
      out.line("}");
    }
  }

  private void taggedFields() {
    List<FieldSpec> fields = struct.taggedFields();
    if (fields.isEmpty()) {
      out.line("out.writeUnsignedVarint(0);");
      return;
    }
    out.line("int tags = 0;");
    for (FieldSpec field : fields) {
      out.line("if (" + isWritten(field) + ") {").line("tags++;").line("}");
    }
    out.line("out.writeUnsignedVarint(tags);");
    for (FieldSpec field : fields) {
      out.line("if (" + isWritten(field) + ") {");
      out.line("int start = out.beginTaggedField(" + field.tag() + ");");
      value(field, field.taggedVersions());
      out.line("out.endTaggedField(start);");
      out.line("}");
    }
  }

  private String isWritten(FieldSpec field) {
    VersionRange flexible = message.flexibleVersions().intersect(struct.versions());
    return VersionCondition.of(field.taggedVersions(), flexible).and(Defaults.isChanged(field));
  }

  /** Statements that write the field's value, checking for null where that is not allowed. */
  private void value(FieldSpec field, VersionRange versions) {
    if (!field.nullable()) {
      notNull(field, versions);
      return;
    }
    VersionCondition nullable = VersionCondition.of(field.nullableVersions(), versions);
    if (nullable.always()) {
      orNull(field, versions);
    } else if (nullable.never()) {
      notNull(field, versions);
    } else {
      out.line("if (" + nullable.expression() + ") {");
      orNull(field, versions);
      out.line("} else {");
      notNull(field, versions);
      out.line("}");
    }
  }

  private void notNull(FieldSpec field, VersionRange versions) {
    String name = "this." + field.name();
    String required = "ProtocolWriter.required(" + name + ", " + path(field) + ")";
    switch (field.type()) {
      case Scalar scalar when scalar == Scalar.UUID -> out.line("out.writeUuid(" + required + ");");
      case Scalar scalar when scalar.wireSize > 0 ->
          out.line("out.write" + scalar.method + "(" + name + ");");
      case FieldType.Struct _ ->
          out.line(
              (field.isLazyStruct() ? field.name() + "()" : required) + ".write(out, version);");
      case FieldType.ArrayOf(FieldType.Struct _) -> list(field, required, versions);
      default ->
          out.line(
              "out.write%s(%s, %s);"
                  .formatted(field.type().method(), required, compact(field, versions)));
    }
  }

  private void orNull(FieldSpec field, VersionRange versions) {
    String name = "this." + field.name();
    switch (field.type()) {
      case FieldType.Struct _ -> {
        String tagged = field.isTagged() ? "Tagged" : "";
        out.line("out.write" + tagged + "Presence(" + name + " != null);");
        out.line("if (" + name + " != null) {");
        out.line(name + ".write(out, version);");
        out.line("}");
      }
      case FieldType.ArrayOf(FieldType.Struct _) -> {
        out.line("if (" + name + " == null) {");
        out.line("out.writeNullArray(" + compact(field, versions) + ");");
        out.line("} else {");
        list(field, name, versions);
        out.line("}");
      }
      default ->
          out.line(
              "out.writeNullable%s(%s, %s);"
                  .formatted(field.type().method(), name, compact(field, versions)));
    }
  }

  private void list(FieldSpec field, String list, VersionRange versions) {
    String count = field.name() + "Count";
    out.line("int " + count + " = " + list + ".size();");
    out.line("out.writeArrayLength(" + count + ", " + compact(field, versions) + ");");
    out.line("for (int i = 0; i < " + count + "; i++) {");
    out.line("this." + field.name() + ".get(i).write(out, version);");
    out.line("}");
  }

  private String compact(FieldSpec field, VersionRange versions) {
    return VersionCondition.compact(message, struct, field, versions);
  }

  private String path(FieldSpec field) {
    String owner = struct == message.top() ? "" : message.name() + ".";
    return "\"" + owner + struct.name() + "." + field.name() + "\"";
  }
}
