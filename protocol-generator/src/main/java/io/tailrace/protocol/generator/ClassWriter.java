package io.tailrace.protocol.generator;

import io.tailrace.protocol.generator.FieldType.Scalar;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** Writes the class of one message, with its structs as nested classes. */
final class ClassWriter {
  private static final int OBJECT_HEADER = 12;

  private final MessageSpec message;
  private final List<FieldSpec> allFields;
  private final JavaSource out = new JavaSource();

  private ClassWriter(MessageSpec message) {
    this.message = message;
    this.allFields =
        Stream.concat(Stream.of(message.top()), message.structs().stream())
            .map(StructSpec::fields)
            .flatMap(Collection::stream)
            .toList();
  }

  static String write(MessageSpec message, String packageName, String runtimePackage) {
    return new ClassWriter(message).file(packageName, runtimePackage);
  }

  private String file(String packageName, String runtimePackage) {
    out.line("// Generated from Kafka's message schemas. Changes here are lost.");
    out.line("package " + packageName + ";").blank();
    for (String name :
        List.of("MemoryRecords", "Message", "ProtocolReader", "ProtocolWriter", "Records")) {
      out.line("import " + runtimePackage + "." + name + ";");
    }
    for (String name : List.of("ArrayList", "Arrays", "List", "UUID")) {
      out.line("import java.util." + name + ";");
    }
    out.line("import org.jspecify.annotations.Nullable;").blank();
    out.line("public final class " + message.name() + " implements Message {");
    if (message.apiKey() >= 0) {
      out.line("public static final short API_KEY = " + message.apiKey() + ";");
    }
    out.line("public static final short LOWEST_VERSION = " + range().lowest() + ";");
    out.line("public static final short HIGHEST_VERSION = " + range().highest() + ";");
    members(message.top());
    for (StructSpec struct : message.structs()) {
      if (!struct.versions().isEmpty()) {
        out.blank();
        out.line("public static final class " + struct.name() + " implements Message {");
        out.line("private static final int HEAP_BYTES = " + heapBytes(struct) + ";");
        members(struct);
        out.line("}");
      }
    }
    return out.line("}").toString();
  }

  private VersionRange range() {
    return message.validVersions();
  }

  private void members(StructSpec struct) {
    out.blank();
    for (FieldSpec field : struct.fields()) {
      String type =
          field.nullable() || field.isLazyStruct()
              ? field.type().nullableJavaType()
              : field.type().javaType();
      out.line("private " + type + " " + field.name() + " = " + Defaults.value(field) + ";");
    }
    for (FieldSpec field : struct.fields()) {
      accessors(struct, field);
    }
    ReadMethod read = new ReadMethod(message, struct, out);
    read.write();
    new WriteMethod(message, struct, out).write();
    staticReaders(struct, read);
    isDefault(struct);
    text(struct);
  }

  private void accessors(StructSpec struct, FieldSpec field) {
    String type = field.nullable() ? field.type().nullableJavaType() : field.type().javaType();
    String name = field.name();
    out.blank().doc(field.about());
    out.line("public " + type + " " + name + "() {");
    if (field.isLazyStruct()) {
      out.line("if (" + name + " == null) {");
      out.line(name + " = new " + type + "();");
      out.line("}");
    }
    out.line("return " + name + ";");
    out.line("}").blank();
    out.line("public " + struct.name() + " " + name + "(" + type + " " + name + ") {");
    out.line("this." + name + " = " + name + ";");
    out.line("return this;");
    out.line("}");
  }

  private void staticReaders(StructSpec struct, ReadMethod read) {
    boolean single = false;
    boolean list = false;
    boolean nullableList = false;
    for (FieldSpec field : allFields) {
      if (field.type().structName().equals(struct.name())) {
        boolean array = field.type().isStructArray();
        single |= !array;
        list |= array && !field.nullableVersions().contains(field.versions());
        nullableList |= array && !field.nullableVersions().isEmpty();
      }
    }
    if (single) {
      read.writeReadOne();
    }
    if (list || nullableList) {
      read.writeReadList(list, nullableList);
    }
  }

  private void isDefault(StructSpec struct) {
    boolean used =
        allFields.stream()
            .anyMatch(field ->
                field.type().equals(new FieldType.Struct(struct.name()))
                    && !field.defaultText().equals("null"));
    if (!used) {
      return;
    }
    out.blank().line("private boolean isDefault() {");
    out.line(
        "return "
            + String.join(" && ", struct.fields().stream().map(Defaults::isDefault).toList())
            + ";");
    out.line("}");
  }

  private void text(StructSpec struct) {
    out.blank().line("@Override").line("public String toString() {");
    String separator = "";
    StringBuilder text = new StringBuilder("return \"" + struct.name() + "(\"");
    for (FieldSpec field : struct.fields()) {
      text.append(" + \"").append(separator).append(field.name()).append("=\" + ");
      text.append(textOf(field));
      separator = ", ";
    }
    out.line(text.append(" + \")\";").toString()).line("}");
  }

  /** Bytes may be secrets, or many: only their number is shown. */
  private static String textOf(FieldSpec field) {
    String type = field.type().javaType();
    if (type.equals("byte[]")) {
      String length = "\"byte[\" + " + field.name() + ".length + \"]\"";
      return field.nullable() ? "(" + field.name() + " == null ? null : " + length + ")" : length;
    }
    if (type.endsWith("[]")) {
      return "Arrays.toString(" + field.name() + ")";
    }
    return field.isLazyStruct() ? field.name() + "()" : field.name();
  }

  /** An object's size in a heap below 32 GB, plus the slot that refers to it. */
  private static int heapBytes(StructSpec struct) {
    int size = OBJECT_HEADER;
    for (FieldSpec field : struct.fields()) {
      size += field.type() instanceof Scalar scalar ? scalar.heapSize : 4;
    }
    return (size + 7) / 8 * 8 + 4;
  }
}
