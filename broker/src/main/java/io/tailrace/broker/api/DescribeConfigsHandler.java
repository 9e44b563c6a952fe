package io.tailrace.broker.api;

import io.tailrace.broker.config.BrokerConfig;
import io.tailrace.broker.config.BrokerConfigs;
import io.tailrace.broker.config.ConfigEntry;
import io.tailrace.broker.config.ConfigSource;
import io.tailrace.broker.config.GroupConfig;
import io.tailrace.broker.config.TopicConfig;
import io.tailrace.metadata.ClusterImage;
import io.tailrace.metadata.ConfigResource;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DescribeConfigsRequest;
import io.tailrace.protocol.message.DescribeConfigsRequest.DescribeConfigsResource;
import io.tailrace.protocol.message.DescribeConfigsResponse;
import io.tailrace.protocol.message.DescribeConfigsResponse.DescribeConfigsResourceResult;
import io.tailrace.protocol.message.DescribeConfigsResponse.DescribeConfigsResult;
import io.tailrace.protocol.message.DescribeConfigsResponse.DescribeConfigsSynonym;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** DescribeConfigs v1–4 (KIP-133, KIP-226, KIP-569) of topics and of this broker. */
final class DescribeConfigsHandler implements ApiHandler {
  private final Supplier<ClusterImage> image;
  private final Supplier<BrokerConfig> brokerConfig;

  DescribeConfigsHandler(Supplier<ClusterImage> image, Supplier<BrokerConfig> brokerConfig) {
    this.image = image;
    this.brokerConfig = brokerConfig;
  }

  @Override
  public ApiKey apiKey() {
    return ApiKey.DESCRIBE_CONFIGS;
  }

  @Override
  public void handle(ApiRequest request) {
    DescribeConfigsRequest body = request.read(new DescribeConfigsRequest());
    List<DescribeConfigsResult> results = new ArrayList<>(body.resources().size());
    for (DescribeConfigsResource resource : body.resources()) {
      DescribeConfigsResult result =
          new DescribeConfigsResult()
              .resourceType(resource.resourceType())
              .resourceName(resource.resourceName());
      describe(resource, body, result);
      results.add(result);
    }
    request.respond(new DescribeConfigsResponse().results(results));
  }

  private void describe(
      DescribeConfigsResource resource, DescribeConfigsRequest body, DescribeConfigsResult result) {
    switch (resource.resourceType()) {
      case ConfigResource.TOPIC -> describeTopic(resource, body, result);
      case ConfigResource.BROKER -> describeBroker(resource, body, result);
      case ConfigResource.GROUP -> describeGroup(resource, body, result);
      default ->
          fail(
              result,
              ErrorCode.INVALID_REQUEST,
              "configs of resource type " + resource.resourceType() + " are not kept here");
    }
  }

  private void describeTopic(
      DescribeConfigsResource resource, DescribeConfigsRequest body, DescribeConfigsResult result) {
    String name = resource.resourceName();
    ClusterImage now = image.get();
    if (now.topic(name) == null) {
      fail(result, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "there is no topic " + name);
      return;
    }
    TopicConfig config =
        TopicConfig.of(brokerConfig.get(), now.configs(ConfigResource.topic(name)));
    result.configs(entries(config.describe(), resource, body, entry -> true));
  }

  private void describeBroker(
      DescribeConfigsResource resource, DescribeConfigsRequest body, DescribeConfigsResult result) {
    BrokerConfig config = brokerConfig.get();
    String name = resource.resourceName();
    if (name.isEmpty()) {
      // The cluster-wide defaults: only what is set.
      result.configs(
          entries(
              config.describe(),
              resource,
              body,
              entry ->
                  entry.synonyms().stream()
                      .anyMatch(synonym ->
                          synonym.source() == ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG)));
      return;
    }
    int nodeId = config.get(BrokerConfigs.NODE_ID);
    if (!name.equals(Integer.toString(nodeId))) {
      fail(
          result,
          ErrorCode.INVALID_REQUEST,
          "this is broker " + nodeId + ": it can't describe broker " + name);
      return;
    }
    result.configs(entries(config.describe(), resource, body, entry -> true));
  }

  /** Of a group that is not there as well: what would hold for it. */
  private void describeGroup(
      DescribeConfigsResource resource, DescribeConfigsRequest body, DescribeConfigsResult result) {
    String name = resource.resourceName();
    if (name.isEmpty()) {
      fail(result, ErrorCode.INVALID_REQUEST, "name a group: no configs hold for all of them");
      return;
    }
    GroupConfig config =
        GroupConfig.of(
            brokerConfig.get(),
            image.get().configs(new ConfigResource(ConfigResource.GROUP, name)));
    result.configs(entries(config.describe(), resource, body, entry -> true));
  }

  private static void fail(DescribeConfigsResult result, ErrorCode error, String message) {
    result.errorCode(error.code()).errorMessage(message);
  }

  private static List<DescribeConfigsResourceResult> entries(
      List<ConfigEntry> all,
      DescribeConfigsResource resource,
      DescribeConfigsRequest body,
      Predicate<ConfigEntry> shown) {
    List<String> keys = resource.configurationKeys();
    List<DescribeConfigsResourceResult> entries = new ArrayList<>();
    for (ConfigEntry entry : all) {
      // No list of names, or an empty one, stands for all.
      boolean wanted = keys == null || keys.isEmpty() || keys.contains(entry.key().name());
      if (wanted && shown.test(entry)) {
        entries.add(entry(entry, body));
      }
    }
    return entries;
  }

  private static DescribeConfigsResourceResult entry(
      ConfigEntry entry, DescribeConfigsRequest body) {
    List<DescribeConfigsSynonym> synonyms = new ArrayList<>();
    if (body.includeSynonyms()) {
      for (ConfigEntry.Synonym synonym : entry.synonyms()) {
        synonyms.add(
            new DescribeConfigsSynonym()
                .name(synonym.name())
                .value(synonym.value())
                .source(synonym.source().id()));
      }
    }
    return new DescribeConfigsResourceResult()
        .name(entry.key().name())
        .value(entry.value())
        .readOnly(entry.readOnly())
        .configSource(entry.source().id())
        .isSensitive(entry.key().sensitive())
        .configType(entry.key().type().id())
        .documentation(body.includeDocumentation() ? entry.key().documentation() : null)
        .synonyms(synonyms);
  }
}
