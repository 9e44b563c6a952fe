package io.tailrace.protocol;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.NullableSchema;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;

/**
 * The bytes of a message, made from Kafka's description of it without either's codec, and where in
 * them its lengths, counts and tags are.
 */
final class SchemaBytes {
  enum Encoding {
    INT8,
    INT16,
    INT32,
    VARINT
  }

  /** Bytes that say what follows. */
  record Mark(int position, int size, Encoding encoding) {}

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(bytes);
  private final List<Mark> marks = new ArrayList<>();
  private final List<String> repeatable = new ArrayList<>();
  private final Filling filling;

  private SchemaBytes(Filling filling) {
    this.filling = filling;
  }

  static SchemaBytes of(Schema schema, Filling filling) {
    SchemaBytes message = new SchemaBytes(filling);
    try {
      message.struct(schema, "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return message;
  }

  byte[] toByteArray() {
    return bytes.toByteArray();
  }

  List<Mark> marks() {
    return marks;
  }

  /** Paths of the arrays (they end in {@code []}) and tagged fields ({@code *}) on the way. */
  List<String> repeatable() {
    return repeatable;
  }

  private void struct(Schema schema, String path) throws IOException {
    for (BoundField field : schema.fields()) {
      value(field.def.type, path + "/" + field.def.name, false);
    }
  }

  private void value(Type type, String path, boolean tagged) throws IOException {
    if (type instanceof TaggedFields section) {
      taggedFields(section, path);
    } else if (type instanceof Schema schema) {
      if (schema instanceof NullableSchema && !presence(tagged)) {
        return;
      }
      struct(schema, path);
    } else if (type.arrayElementType().isPresent()) {
      array(type, path);
    } else {
      scalar((Type.DocumentedType) type);
    }
  }

  /** Says whether a nullable struct follows. */
  private boolean presence(boolean tagged) throws IOException {
    boolean present = !filling.isNull();
    if (tagged) {
      mark(Encoding.VARINT, present ? 1 : 0);
    } else {
      mark(Encoding.INT8, present ? 1 : -1);
    }
    return present;
  }

  private void array(Type type, String path) throws IOException {
    boolean compact = type.toString().startsWith("COMPACT");
    if (type.isNullable() && filling.isNull()) {
      length(compact, -1, Encoding.INT32);
      return;
    }
    String elements = path + "[]";
    repeatable.add(elements);
    int count = filling.count(elements);
    length(compact, count, Encoding.INT32);
    repeat(count, out -> out.value(type.arrayElementType().get(), elements, false));
  }

  private void scalar(Type.DocumentedType type) throws IOException {
    String name = type.typeName();
    switch (name) {
      case "BOOLEAN" -> out.writeByte((int) filling.number() & 1);
      case "INT8" -> out.writeByte((int) filling.number());
      case "INT16", "UINT16" -> out.writeShort((int) filling.number());
      case "INT32", "UINT32" -> out.writeInt((int) filling.number());
      case "INT64" -> out.writeLong(filling.number());
      case "FLOAT64" -> out.writeDouble(filling.number());
      case "UUID" -> {
        out.writeLong(filling.number());
        out.writeLong(filling.number());
      }
      default -> {
        boolean compact = name.startsWith("COMPACT");
        boolean string = name.endsWith("STRING");
        Encoding plain = string ? Encoding.INT16 : Encoding.INT32;
        if (name.contains("NULLABLE") && filling.isNull()) {
          length(compact, -1, plain);
          return;
        }
        byte[] content = string ? filling.string() : filling.bytes();
        length(compact, content.length, plain);
        out.write(content);
      }
    }
  }

  private void taggedFields(TaggedFields section, String path) throws IOException {
    Map<Integer, Integer> occurrences = new TreeMap<>();
    for (Map.Entry<Integer, Field> entry : section.fields().entrySet()) {
      String fieldPath = path + "/" + entry.getValue().name + "*";
      repeatable.add(fieldPath);
      occurrences.put(entry.getKey(), filling.count(fieldPath));
    }
    mark(Encoding.VARINT, occurrences.values().stream().mapToInt(Integer::intValue).sum());
    for (Map.Entry<Integer, Integer> entry : occurrences.entrySet()) {
      int tag = entry.getKey();
      Field field = section.fields().get(tag);
      repeat(entry.getValue(), out -> out.taggedField(tag, field, path + "/" + field.name + "*"));
    }
  }

  private void taggedField(int tag, Field field, String path) throws IOException {
    SchemaBytes content = new SchemaBytes(filling);
    content.value(field.type, path, true);
    mark(Encoding.VARINT, tag);
    mark(Encoding.VARINT, content.bytes.size());
    append(content);
  }

  private interface Part {
    void writeTo(SchemaBytes message) throws IOException;
  }

  private void repeat(int times, Part part) throws IOException {
    if (!filling.isUniform()) {
      for (int i = 0; i < times; i++) {
        part.writeTo(this);
      }
    } else if (times > 0) {
      SchemaBytes first = new SchemaBytes(filling);
      part.writeTo(first);
      append(first);
      for (int i = 1; i < times; i++) {
        first.bytes.writeTo(out);
      }
    }
  }

  private void append(SchemaBytes part) throws IOException {
    repeatable.addAll(part.repeatable);
    for (Mark mark : part.marks) {
      marks.add(new Mark(out.size() + mark.position, mark.size, mark.encoding));
    }
    part.bytes.writeTo(out);
  }

  private void length(boolean compact, int length, Encoding plain) throws IOException {
    mark(compact ? Encoding.VARINT : plain, compact ? length + 1 : length);
  }

  private void mark(Encoding encoding, int value) throws IOException {
    byte[] encoded = encode(encoding, value);
    marks.add(new Mark(out.size(), encoded.length, encoding));
    out.write(encoded);
  }

  static byte[] encode(Encoding encoding, int value) {
    return switch (encoding) {
      case INT8 -> new byte[] {(byte) value};
      case INT16 -> new byte[] {(byte) (value >> 8), (byte) value};
      case INT32 -> ByteBuffer.allocate(4).putInt(value).array();
      case VARINT -> {
        ByteArrayOutputStream varint = new ByteArrayOutputStream();
        int left = value;
        while ((left & ~0x7F) != 0) {
          varint.write(left & 0x7F | 0x80);
          left >>>= 7;
        }
        varint.write(left);
        yield varint.toByteArray();
      }
    };
  }
}
