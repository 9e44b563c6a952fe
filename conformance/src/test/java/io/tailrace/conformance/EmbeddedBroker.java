package io.tailrace.conformance;

import io.tailrace.broker.Broker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One broker in this JVM for all tests of a class (each takes topics of its own), and Apache
 * Kafka's clients connected to it. Register it in a static field.
 */
final class EmbeddedBroker implements BeforeAllCallback, AfterAllCallback {
  private final Map<String, String> properties = new HashMap<>();
  private Path folder;
  private Broker broker;
  private Admin admin;

  /** A setting to start with. */
  EmbeddedBroker with(String name, String value) {
    properties.put(name, value);
    return this;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    folder = Files.createTempDirectory("tailrace-conformance");
    Broker.Builder builder = Broker.builder().dataDirectory(folder).port(0);
    properties.forEach(builder::property);
    broker = builder.start();
    admin = Admin.create(Map.of("bootstrap.servers", bootstrap()));
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    admin.close();
    broker.close();
    Folders.delete(folder);
  }

  String bootstrap() {
    return broker.bootstrapServers();
  }

  int port() {
    return Integer.parseInt(bootstrap().substring(bootstrap().lastIndexOf(':') + 1));
  }

  Path folder() {
    return folder;
  }

  Admin admin() {
    return admin;
  }

  /** A new topic; its partitions. */
  List<TopicPartition> topic(String name, int partitions, Map<String, String> configs)
      throws Exception {
    NewTopic topic = new NewTopic(name, partitions, (short) 1).configs(configs);
    admin.createTopics(List.of(topic)).all().get();
    return IntStream.range(0, partitions).mapToObj(i -> new TopicPartition(name, i)).toList();
  }

  List<TopicPartition> topic(String name, int partitions) throws Exception {
    return topic(name, partitions, Map.of());
  }

  Producer<byte[], byte[]> producer(Map<String, Object> settings) {
    Map<String, Object> all = new HashMap<>(settings);
    all.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap());
    return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Fetches wait for a short time only: closing a consumer awaits the answer to its last one. */
  Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
    Map<String, Object> all = new HashMap<>(settings);
    all.putIfAbsent(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 20);
    all.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap());
    return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
