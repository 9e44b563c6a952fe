package io.tailrace.protocol.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class SchemaParserTest {
  private static final String SCHEMA =
      """
      {
        // Comments are allowed.
        "apiKey": 1, "type": "request", "name": "TestRequest", "listeners": ["broker"],
        "validVersions": "1-4", "flexibleVersions": "3+",
        "fields": [
          { "name": "Old", "type": "int8", "versions": "0-2", "default": "0x10" },
          { "name": "Names", "type": "[]string", "versions": "2+", "nullableVersions": "4+" },
          { "name": "Extra", "type": "string", "taggedVersions": "3+", "tag": 0, "default": null },
          { "name": "Topics", "type": "[]Topic", "versions": "1+", "fields": [
            { "name": "Id", "type": "uuid", "versions": "2+" },
            { "name": "Count", "type": "int32", "versions": "1+" }
          ]}
        ]
      }
      """;

  @Test
  void cutsVersionsToThoseThatExist() {
    MessageSpec message = SchemaParser.parse(SCHEMA);
    assertThat(message.flexibleVersions()).hasToString("3-4");
    assertThat(message.top().fields())
        .extracting(field -> field.name() + " " + field.versions())
        .containsExactly("old 1-2", "names 2-4", "extra 3-4", "topics 1-4");
    assertThat(message.top().fields().get(2).defaultText()).isEmpty();
  }

  @Test
  void computesTheSmallestSizeOfAStructByVersion() {
    MessageSpec message = SchemaParser.parse(SCHEMA);
    assertThat(SmallestSize.expression(message, message.struct("Topic")))
        .isEqualTo("version >= 3 ? 21 : version >= 2 ? 20 : 4");
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertRefused("\"validVersions\"", "\"surprise\": 1, \"validVersions\"", "surprise");
    assertRefused("\"versions\": \"0-2\"", "\"versions\": \"0-2\", \"encoding\": 1", "encoding");
    assertRefused("[]Topic", "[]topic", "Unknown type 'topic'");
    assertRefused("\"0-2\"", "\"0..2\"", "is not a range");
    assertRefused("\"tag\": 0, ", "", "tag");
    assertRefused(
        "[]Topic\", \"versions\": \"1+\", \"fields\"", "[]Topic\", \"fields\"", "versions");
    assertRefused("\"type\": \"[]string\"", "\"type\": \"[]Other\"", "undefined struct Other");
  }

  private static void assertRefused(String part, String replacement, String words) {
    assertThat(SCHEMA).contains(part);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SchemaParser.parse(SCHEMA.replace(part, replacement)))
        .withMessageContaining(words);
  }
}
