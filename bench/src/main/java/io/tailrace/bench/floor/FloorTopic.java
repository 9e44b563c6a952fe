package io.tailrace.bench.floor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A topic's partitions, and the answers that only have to be patched. */
final class FloorTopic implements AutoCloseable {
  private final byte[] name;
  private final List<Path> paths = new ArrayList<>();
  private final List<FloorPartition> partitions = new ArrayList<>();
  private final ProduceAnswer produceAnswer;
  private final FetchAnswer fetchAnswer;

  /** Creates the files, one for each partition. */
  FloorTopic(Path folder, String name, int partitions, boolean flushed) throws IOException {
    this.name = name.getBytes(StandardCharsets.UTF_8);
    this.produceAnswer = new ProduceAnswer(name);
    this.fetchAnswer = new FetchAnswer(name);
    for (int i = 0; i < partitions; i++) {
      paths.add(folder.resolve(name + "-" + i + ".log"));
      this.partitions.add(new FloorPartition(paths.get(i), flushed));
    }
  }

  boolean isNamed(ByteBuffer in, int at, int size) {
    if (size != name.length) {
      return false;
    }
    for (int i = 0; i < size; i++) {
      if (in.get(at + i) != name[i]) {
        return false;
      }
    }
    return true;
  }

  int partitionCount() {
    return partitions.size();
  }

  FloorPartition partition(int index) {
    return partitions.get(index);
  }

  ProduceAnswer produceAnswer() {
    return produceAnswer;
  }

  FetchAnswer fetchAnswer() {
    return fetchAnswer;
  }

  /** Closes and deletes the files. */
  @Override
  public void close() throws IOException {
    for (FloorPartition partition : partitions) {
      partition.close();
    }
    for (Path path : paths) {
      Files.deleteIfExists(path);
    }
  }
}
