package io.tailrace.protocol.generator;

import java.util.List;

/**
 * A message or a struct in it.
 *
 * @param versions where it can occur, cut to the valid versions of the message
 */
record StructSpec(String name, VersionRange versions, List<FieldSpec> fields) {
  List<FieldSpec> taggedFields() {
    return fields.stream()
        .filter(FieldSpec::isTagged)
        .sorted((a, b) -> Integer.compare(a.tag(), b.tag()))
        .toList();
  }
}
