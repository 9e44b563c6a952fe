package io.tailrace.protocol.generator;

import java.util.List;

/**
 * One schema file.
 *
 * @param kind request, response, header, data, metadata, coordinator-key or coordinator-value
 * @param apiKey of a request or response, or the type id of a record; -1: none
 * @param validVersions none if Kafka has removed the API
 * @param latestVersionUnstable whether the highest version is not yet to be announced
 * @param structs everything inside, in the order of the schema
 */
record MessageSpec(
    String kind,
    int apiKey,
    String name,
    VersionRange validVersions,
    VersionRange flexibleVersions,
    boolean latestVersionUnstable,
    StructSpec top,
    List<StructSpec> structs) {

  StructSpec struct(String name) {
    for (StructSpec struct : structs) {
      if (struct.name().equals(name)) {
        return struct;
      }
    }
    throw new IllegalArgumentException(this.name + " uses the undefined struct " + name);
  }

  /** Highest version that a broker announces. */
  int highestStableVersion() {
    return latestVersionUnstable ? validVersions.highest() - 1 : validVersions.highest();
  }

  boolean isRemoved() {
    return validVersions.isEmpty();
  }
}
