package io.tailrace.metadata;

import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.ConfigRecord;
import io.tailrace.protocol.message.FeatureLevelRecord;
import io.tailrace.protocol.message.PartitionRecord;
import io.tailrace.protocol.message.ProducerIdsRecord;
import io.tailrace.protocol.message.RegisterBrokerRecord;
import io.tailrace.protocol.message.TopicRecord;
import java.util.function.Consumer;

/**
 * Writes an image as the fewest records that make it: {@code metadata.version} first, a topic
 * before its partitions.
 */
final class ImageWriter {
  /** No broker asked for this block: it stands for all that were handed out. */
  private static final int NO_BROKER = -1;

  private final ClusterImage image;
  private final Consumer<Message> out;

  private ImageWriter(ClusterImage image, Consumer<Message> out) {
    this.image = image;
    this.out = out;
  }

  static void write(ClusterImage image, Consumer<Message> out) {
    ImageWriter writer = new ImageWriter(image, out);
    writer.writeFeatures();
    image.brokers().values().forEach(writer::writeBroker);
    image.topics().forEach(writer::writeTopic);
    writer.writeConfigs();
    if (image.nextProducerId() > 0) {
      out.accept(
          new ProducerIdsRecord().brokerId(NO_BROKER).nextProducerId(image.nextProducerId()));
    }
  }

  private void writeFeatures() {
    Short metadataVersion = image.features().get(ControllerSettings.METADATA_VERSION);
    if (metadataVersion != null) {
      out.accept(
          new FeatureLevelRecord()
              .name(ControllerSettings.METADATA_VERSION)
              .featureLevel(metadataVersion));
    }
    image
        .features()
        .forEach((name, level) -> {
          if (!name.equals(ControllerSettings.METADATA_VERSION)) {
            out.accept(new FeatureLevelRecord().name(name).featureLevel(level));
          }
        });
  }

  private void writeBroker(BrokerImage broker) {
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

  private void writeTopic(TopicImage topic) {
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

  private void writeConfigs() {
    image
        .configs()
        .forEachRemaining(resource ->
            resource
                .getValue()
                .forEach((name, value) ->
                    out.accept(
                        new ConfigRecord()
                            .resourceType(resource.getKey().type())
                            .resourceName(resource.getKey().name())
                            .name(name)
                            .value(value))));
  }
}
