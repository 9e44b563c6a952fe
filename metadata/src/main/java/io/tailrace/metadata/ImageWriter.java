package io.tailrace.metadata;

import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.ConfigRecord;
import io.tailrace.protocol.message.FeatureLevelRecord;
import io.tailrace.protocol.message.PartitionRecord;
import io.tailrace.protocol.message.ProducerIdsRecord;
import io.tailrace.protocol.message.RegisterBrokerRecord;
import io.tailrace.protocol.message.TopicRecord;
import java.io.IOException;
import java.util.Iterator;
import java.util.Map;

/**
 * Writes an image as the fewest records that make it: {@code metadata.version} first, a topic
 * before its partitions.
 */
final class ImageWriter {
  /** No broker asked for this block: it stands for all that were handed out. */
  private static final int NO_BROKER = -1;

  private final ClusterImage image;
  private final Sink out;

  /** Takes the records one by one. */
  interface Sink {
    void accept(Message record) throws IOException;
  }

  private ImageWriter(ClusterImage image, Sink out) {
    this.image = image;
    this.out = out;
  }

  static void write(ClusterImage image, Sink out) throws IOException {
    ImageWriter writer = new ImageWriter(image, out);
    writer.writeFeatures();
    for (BrokerImage broker : image.brokers().values()) {
      writer.writeBroker(broker);
    }
    for (TopicImage topic : image.topics()) {
      writer.writeTopic(topic);
    }
    writer.writeConfigs();
    if (image.nextProducerId() > 0) {
      out.accept(
          new ProducerIdsRecord().brokerId(NO_BROKER).nextProducerId(image.nextProducerId()));
    }
  }

  private void writeFeatures() throws IOException {
    Short metadataVersion = image.features().get(ControllerSettings.METADATA_VERSION);
    if (metadataVersion != null) {
      writeFeature(ControllerSettings.METADATA_VERSION, metadataVersion);
    }
    for (Map.Entry<String, Short> feature : image.features().entrySet()) {
      if (!feature.getKey().equals(ControllerSettings.METADATA_VERSION)) {
        writeFeature(feature.getKey(), feature.getValue());
      }
    }
  }

  private void writeFeature(String name, short level) throws IOException {
    out.accept(new FeatureLevelRecord().name(name).featureLevel(level));
  }

  private void writeBroker(BrokerImage broker) throws IOException {
    out.accept(
        new RegisterBrokerRecord()
            .brokerId(broker.id())
            .incarnationId(broker.incarnationId())
            .brokerEpoch(broker.epoch())
            .endPoints(
                broker.endpoints().stream()
                    .map(it ->
                        new RegisterBrokerRecord.BrokerEndpoint()
                            .name(it.listener())
                            .host(it.host())
                            .port(it.port())
                            .securityProtocol(it.securityProtocol()))
                    .toList())
            .features(
                broker.features().entrySet().stream()
                    .map(it ->
                        new RegisterBrokerRecord.BrokerFeature()
                            .name(it.getKey())
                            .minSupportedVersion(it.getValue().min())
                            .maxSupportedVersion(it.getValue().max()))
                    .toList())
            .rack(broker.rack())
            .fenced(broker.fenced())
            .inControlledShutdown(broker.inControlledShutdown())
            .logDirs(broker.logDirectories()));
  }

  private void writeTopic(TopicImage topic) throws IOException {
    out.accept(new TopicRecord().name(topic.name()).topicId(topic.id()));
    for (PartitionImage partition : topic.partitions()) {
      out.accept(
          new PartitionRecord()
              .partitionId(partition.index())
              .topicId(topic.id())
              .replicas(partition.replicas())
              .isr(partition.isr())
              .leader(partition.leader())
              .leaderEpoch(partition.leaderEpoch())
              .partitionEpoch(partition.partitionEpoch())
              .directories(partition.directories()));
    }
  }

  private void writeConfigs() throws IOException {
    Iterator<Map.Entry<ConfigResource, Map<String, String>>> all = image.configs();
    while (all.hasNext()) {
      Map.Entry<ConfigResource, Map<String, String>> resource = all.next();
      for (Map.Entry<String, String> override : resource.getValue().entrySet()) {
        out.accept(
            new ConfigRecord()
                .resourceType(resource.getKey().type())
                .resourceName(resource.getKey().name())
                .name(override.getKey())
                .value(override.getValue()));
      }
    }
  }
}
