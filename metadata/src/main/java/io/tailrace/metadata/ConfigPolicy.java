package io.tailrace.metadata;

import io.tailrace.protocol.message.CreateTopicsResponse.CreatableTopicConfigs;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the broker knows about config names and values. Called on the controller's thread; must not
 * block.
 */
public interface ConfigPolicy {

  /**
   * Checks all overrides that a resource would have after a change.
   *
   * @param resourceType a constant of {@link ConfigResource}
   * @return what is wrong and what is allowed; null if they may be set
   */
  @Nullable String check(byte resourceType, String resourceName, Map<String, String> overrides);

  /** All configs of a topic that has these overrides, for the answer to its creation (KIP-525). */
  List<CreatableTopicConfigs> describe(Map<String, String> overrides);

  /** Whether values of that config are lists, which can be appended to and subtracted from. */
  boolean isList(byte resourceType, String configName);

  /** The value of a list config without any override, null if it has none. */
  @Nullable String defaultValue(byte resourceType, String configName);
}
