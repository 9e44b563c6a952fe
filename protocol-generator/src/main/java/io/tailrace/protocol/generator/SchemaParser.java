package io.tailrace.protocol.generator;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads one schema file. What it does not know is an error, so that a new Kafka release can't bring
 * an attribute that changes the encoding unnoticed.
 */
final class SchemaParser {
  private static final Set<String> MESSAGE_ATTRIBUTES =
      Set.of(
          "apiKey",
          "type",
          "listeners",
          "name",
          "validVersions",
          "flexibleVersions",
          "latestVersionUnstable",
          "fields",
          "commonStructs");
  private static final Set<String> STRUCT_ATTRIBUTES = Set.of("name", "versions", "fields");
  private static final Set<String> FIELD_ATTRIBUTES =
      Set.of(
          "name",
          "type",
          "versions",
          "nullableVersions",
          "taggedVersions",
          "flexibleVersions",
          "tag",
          "default",
          "ignorable",
          "about",
          "fields",
          // Without influence on the encoding:
          "entityType",
          "mapKey",
          "zeroCopy");

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private final List<StructSpec> structs = new ArrayList<>();
  private final VersionRange flexibleVersions;
  private final MessageSpec message;

  private SchemaParser(JsonNode root) {
    checkAttributes(root, MESSAGE_ATTRIBUTES);
    VersionRange validVersions = range(root, "validVersions", null);
    if (validVersions.highest() == VersionRange.OPEN) {
      throw new IllegalArgumentException("validVersions has no end");
    }
    flexibleVersions = range(root, "flexibleVersions", VersionRange.NONE).intersect(validVersions);
    String name = text(root, "name");
    StructSpec top = struct(name, validVersions, root.path("fields"));
    for (JsonNode common : root.path("commonStructs")) {
      checkAttributes(common, STRUCT_ATTRIBUTES);
      VersionRange versions = range(common, "versions", null).intersect(validVersions);
      structs.add(struct(text(common, "name"), versions, common.path("fields")));
    }
    message =
        new MessageSpec(
            text(root, "type"),
            root.path("apiKey").asInt(-1),
            name,
            validVersions,
            flexibleVersions,
            root.path("latestVersionUnstable").asBoolean(false),
            top,
            structs);
    checkReferences(top);
    structs.forEach(this::checkReferences);
  }

  /**
   * @throws IllegalArgumentException if the schema holds something this generator does not know
   */
  static MessageSpec parse(String json) {
    return new SchemaParser(MAPPER.readTree(json)).message;
  }

  private StructSpec struct(String name, VersionRange within, JsonNode fieldNodes) {
    List<FieldSpec> fields = new ArrayList<>();
    for (JsonNode node : fieldNodes) {
      fields.add(field(node, within));
    }
    return new StructSpec(name, within, fields);
  }

  private FieldSpec field(JsonNode node, VersionRange within) {
    checkAttributes(node, FIELD_ATTRIBUTES);
    FieldType type = FieldType.parse(text(node, "type"));
    VersionRange tagged = range(node, "taggedVersions", VersionRange.NONE);
    if (tagged.isEmpty() == node.has("tag")
        || (!tagged.isEmpty() && tagged.highest() != VersionRange.OPEN)) {
      throw new IllegalArgumentException(
          text(node, "name") + ": a tag needs open-ended taggedVersions, and they need a tag");
    }
    VersionRange versions =
        range(node, "versions", tagged.isEmpty() ? null : tagged).intersect(within);
    if (node.has("fields")) {
      structs.add(struct(type.structName(), versions, node.path("fields")));
    }
    return new FieldSpec(
        lowerFirst(text(node, "name")),
        type,
        versions,
        range(node, "nullableVersions", VersionRange.NONE).intersect(versions),
        tagged.intersect(versions),
        range(node, "flexibleVersions", flexibleVersions).intersect(within),
        node.path("tag").asInt(-1),
        // A JSON null is no default, while the string "null" is one.
        node.path("default").isNull() ? "" : node.path("default").asString(""),
        node.path("ignorable").asBoolean(false),
        node.path("about").asString(""));
  }

  private void checkReferences(StructSpec struct) {
    for (FieldSpec field : struct.fields()) {
      String name = field.type().structName();
      if (!name.isEmpty()) {
        message.struct(name);
      }
    }
  }

  private static VersionRange range(
      JsonNode node, String attribute, @Nullable VersionRange otherwise) {
    return !node.has(attribute) && otherwise != null
        ? otherwise
        : VersionRange.parse(text(node, attribute));
  }

  private static String text(JsonNode node, String attribute) {
    if (!node.has(attribute)) {
      throw new IllegalArgumentException("'" + attribute + "' is missing in " + node);
    }
    return node.path(attribute).asString();
  }

  private static void checkAttributes(JsonNode node, Set<String> known) {
    for (String name : node.propertyNames()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException("Unknown attribute '" + name + "' in " + node);
      }
    }
  }

  private static String lowerFirst(String name) {
    return Character.toLowerCase(name.charAt(0)) + name.substring(1);
  }
}
