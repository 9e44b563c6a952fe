package io.tailrace.metadata;

import io.tailrace.protocol.message.AlterConfigsRequest;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request wants changed in one resource: the same for both kinds of AlterConfigs request.
 *
 * @param replacesAll whether overrides that no edit names are dropped, as AlterConfigs does
 */
record ConfigEdits(ConfigResource resource, List<Edit> edits, boolean replacesAll) {
  static final byte SET = 0;
  static final byte DELETE = 1;
  static final byte APPEND = 2;
  static final byte SUBTRACT = 3;

  /**
   * @param operation one of the constants (KIP-339), or whatever else the client sent
   */
  record Edit(String name, byte operation, @Nullable String value) {}

  static List<ConfigEdits> of(IncrementalAlterConfigsRequest request) {
    return request.resources().stream()
        .map(resource ->
            new ConfigEdits(
                new ConfigResource(resource.resourceType(), resource.resourceName()),
                resource.configs().stream()
                    .map(it -> new Edit(it.name(), it.configOperation(), it.value()))
                    .toList(),
                false))
        .toList();
  }

  static List<ConfigEdits> of(AlterConfigsRequest request) {
    return request.resources().stream()
        .map(resource ->
            new ConfigEdits(
                new ConfigResource(resource.resourceType(), resource.resourceName()),
                resource.configs().stream()
                    .map(it -> new Edit(it.name(), SET, it.value()))
                    .toList(),
                true))
        .toList();
  }
}
