package io.tailrace.bench.floor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All topics of the floor server. */
final class FloorTopics implements AutoCloseable {
  private final Path folder;
  private final Map<String, FloorTopic> topics = new HashMap<>();

  FloorTopics(Path folder) {
    this.folder = folder;
  }

  void create(String name, int partitions, boolean flushed) throws IOException {
    if (!topics.containsKey(name)) {
      topics.put(name, new FloorTopic(folder, name, partitions, flushed));
    }
  }

  /** Whether there was such a topic. */
  boolean delete(String name) throws IOException {
    FloorTopic topic = topics.remove(name);
    if (topic != null) {
      topic.close();
    }
    return topic != null;
  }

  @Nullable FloorTopic named(String name) {
    return topics.get(name);
  }

  /** The topic whose name's bytes are those. */
  FloorTopic named(ByteBuffer in, int at, int size) {
    byte[] name = new byte[size];
    in.get(at, name);
    FloorTopic topic = topics.get(new String(name, StandardCharsets.UTF_8));
    if (topic == null) {
      throw new IllegalStateException("no topic " + new String(name, StandardCharsets.UTF_8));
    }
    return topic;
  }

  @Override
  public void close() throws IOException {
    for (FloorTopic topic : topics.values()) {
      topic.close();
    }
  }
}
