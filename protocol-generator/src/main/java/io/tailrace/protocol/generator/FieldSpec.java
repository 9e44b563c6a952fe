package io.tailrace.protocol.generator;

/**
 * One field of a struct. All version ranges are already cut to the versions of the struct.
 *
 * @param versions where the field exists
 * @param nullableVersions where it may be null
 * @param taggedVersions where it is a tagged field; the top part of {@code versions}
 * @param flexibleVersions where its length is a varint
 * @param tag meaningful only if {@code taggedVersions} is not empty
 * @param defaultText as in the schema; empty: the type's zero
 * @param ignorable whether a value is silently dropped in versions without the field
 */
record FieldSpec(
    String name,
    FieldType type,
    VersionRange versions,
    VersionRange nullableVersions,
    VersionRange taggedVersions,
    VersionRange flexibleVersions,
    int tag,
    String defaultText,
    boolean ignorable,
    String about) {

  boolean nullable() {
    return !nullableVersions.isEmpty() || defaultText.equals("null");
  }

  /** Where the field is part of the struct proper, not of its tagged fields. */
  VersionRange plainVersions() {
    return versions.below(taggedVersions);
  }

  boolean isTagged() {
    return !taggedVersions.isEmpty();
  }

  /**
   * A struct that can't be null. It is made on first use, because most of them are tagged fields
   * that are rarely there.
   */
  boolean isLazyStruct() {
    return type instanceof FieldType.Struct && !nullable();
  }
}
