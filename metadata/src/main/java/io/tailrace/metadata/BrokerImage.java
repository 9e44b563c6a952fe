package io.tailrace.metadata;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A registered broker.
 *
 * @param epoch offset of the record that registered it; fences requests of earlier incarnations
 * @param incarnationId made anew at each start of the broker process
 * @param features levels that the broker supports, by feature name
 * @param fenced whether it may not lead partitions or be handed to clients
 * @param logDirectories ids of its data directories that are in use
 */
public record BrokerImage(
    int id,
    long epoch,
    UUID incarnationId,
    List<Endpoint> endpoints,
    Map<String, LevelRange> features,
    @Nullable String rack,
    boolean fenced,
    boolean inControlledShutdown,
    List<UUID> logDirectories) {

  /**
   * Where a broker listens.
   *
   * @param listener name of the listener, as PLAINTEXT
   * @param securityProtocol Kafka's number: 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL
   */
  public record Endpoint(String listener, String host, int port, short securityProtocol) {}

  /** Feature levels from {@code min} to {@code max}, both included. */
  public record LevelRange(short min, short max) {}

  /** Whether new replicas and leaders may be placed on it. */
  public boolean isActive() {
    return !fenced && !inControlledShutdown;
  }

  /** The endpoint of a listener, null if the broker has none of that name. */
  public @Nullable Endpoint endpoint(String listener) {
    for (Endpoint endpoint : endpoints) {
      if (endpoint.listener().equals(listener)) {
        return endpoint;
      }
    }
    return null;
  }

  BrokerImage with(boolean nowFenced, boolean nowInShutdown, List<UUID> nowLogDirectories) {
    return new BrokerImage(
        id,
        epoch,
        incarnationId,
        endpoints,
        features,
        rack,
        nowFenced,
        nowInShutdown,
        nowLogDirectories);
  }
}
