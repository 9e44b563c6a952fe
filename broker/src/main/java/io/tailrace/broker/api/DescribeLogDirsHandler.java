package io.tailrace.broker.api;

import io.tailrace.broker.partition.Partition;
import io.tailrace.broker.partition.Partitions;
import io.tailrace.env.Disk;
import io.tailrace.log.DataDirectories;
import io.tailrace.log.DataDirectory;
import io.tailrace.log.PartitionLog;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DescribeLogDirsRequest;
import io.tailrace.protocol.message.DescribeLogDirsRequest.DescribableLogDirTopic;
import io.tailrace.protocol.message.DescribeLogDirsResponse;
import io.tailrace.protocol.message.DescribeLogDirsResponse.DescribeLogDirsPartition;
import io.tailrace.protocol.message.DescribeLogDirsResponse.DescribeLogDirsResult;
import io.tailrace.protocol.message.DescribeLogDirsResponse.DescribeLogDirsTopic;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;

/**
 * DescribeLogDirs v1–5 (KIP-113, KIP-827): the data folders and the sizes of the logs in them; an
 * error for one that is offline. Asks the file system, so it runs on a worker thread.
 */
final class DescribeLogDirsHandler implements ApiHandler {
  private static final String SEGMENT = ".log";

  private final Partitions partitions;
  private final Disk disk;
  private final DataDirectories directories;
  private final Executor workers;

  DescribeLogDirsHandler(
      Partitions partitions, Disk disk, DataDirectories directories, Executor workers) {
    this.partitions = partitions;
    this.disk = disk;
    this.directories = directories;
    this.workers = workers;
  }

  @Override
  public ApiKey apiKey() {
    return ApiKey.DESCRIBE_LOG_DIRS;
  }

  @Override
  public void handle(ApiRequest request) {
    DescribeLogDirsRequest body = request.read(new DescribeLogDirsRequest());
    workers.execute(() -> request.respond(new DescribeLogDirsResponse().results(describe(body))));
  }

  private List<DescribeLogDirsResult> describe(DescribeLogDirsRequest body) {
    List<DescribeLogDirsResult> results = new ArrayList<>();
    for (DataDirectory directory : directories.directories()) {
      results.add(describe(directory, body));
    }
    return results;
  }

  private DescribeLogDirsResult describe(DataDirectory directory, DescribeLogDirsRequest body) {
    Path path = directory.path();
    DescribeLogDirsResult result = new DescribeLogDirsResult().logDir(path.toString());
    try {
      if (directory.isOnline()) {
        result.totalBytes(disk.totalBytes(path)).usableBytes(disk.usableBytes(path));
        return result.topics(topics(directory, body));
      }
    } catch (IOException e) {
      // As one that is offline.
    }
    return result.errorCode(ErrorCode.KAFKA_STORAGE_ERROR.code()).topics(List.of());
  }

  private List<DescribeLogDirsTopic> topics(DataDirectory directory, DescribeLogDirsRequest body)
      throws IOException {
    List<DescribeLogDirsTopic> topics = new ArrayList<>();
    if (body.topics() == null) {
      for (Partitions.Topic topic : partitions.topics()) {
        int[] all = IntStream.range(0, topic.partitions().length).toArray();
        add(topics, directory, topic, all);
      }
      return topics;
    }
    for (DescribableLogDirTopic wanted : body.topics()) {
      Partitions.Topic topic = partitions.topic(wanted.topic());
      if (topic != null) {
        add(topics, directory, topic, wanted.partitions());
      }
    }
    return topics;
  }

  private void add(
      List<DescribeLogDirsTopic> topics,
      DataDirectory directory,
      Partitions.Topic topic,
      int[] indexes)
      throws IOException {
    List<DescribeLogDirsPartition> sizes = new ArrayList<>();
    for (int index : indexes) {
      Partition partition = topic.partition(index);
      if (partition != null && isIn(directory, partition.toString())) {
        sizes.add(
            new DescribeLogDirsPartition()
                .partitionIndex(index)
                .partitionSize(size(directory, partition))
                .offsetLag(0)
                .isFutureKey(false));
      }
    }
    if (!sizes.isEmpty()) {
      topics.add(new DescribeLogDirsTopic().name(topic.name()).partitions(sizes));
    }
  }

  /** A log that has never been used is in no directory yet: it is shown in the first. */
  private boolean isIn(DataDirectory directory, String name) {
    return directory.holds(name)
        || (directory == directories.directories().getFirst() && directories.find(name) == null);
  }

  /** Asking for the sizes of 100,000 idle logs must not open them. */
  private long size(DataDirectory directory, Partition partition) throws IOException {
    PartitionLog open = partition.logIfOpen();
    if (open != null) {
      return open.sizeInBytes();
    }
    long bytes = 0;
    try {
      for (Path file : disk.list(directory.path().resolve(partition.toString()))) {
        bytes += file.toString().endsWith(SEGMENT) ? disk.size(file) : 0;
      }
    } catch (NoSuchFileException e) {
      // Never used, or just deleted.
    }
    return bytes;
  }
}
