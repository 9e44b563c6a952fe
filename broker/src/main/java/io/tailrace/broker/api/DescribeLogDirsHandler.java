package io.tailrace.broker.api;

import io.tailrace.broker.partition.Partition;
import io.tailrace.broker.partition.Partitions;
import io.tailrace.env.Disk;
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
 * DescribeLogDirs v1–5 (KIP-113, KIP-827): the data folder and the sizes of the logs in it. Asks
 * the file system, so it runs on a worker thread.
 */
final class DescribeLogDirsHandler implements ApiHandler {
  private static final String SEGMENT = ".log";

  private final Partitions partitions;
  private final Disk disk;
  private final Path directory;
  private final Executor workers;

  DescribeLogDirsHandler(Partitions partitions, Disk disk, Path directory, Executor workers) {
    this.partitions = partitions;
    this.disk = disk;
    this.directory = directory;
    this.workers = workers;
  }

  @Override
  public ApiKey apiKey() {
    return ApiKey.DESCRIBE_LOG_DIRS;
  }

  @Override
  public void handle(ApiRequest request) {
    DescribeLogDirsRequest body = request.read(new DescribeLogDirsRequest());
    workers.execute(
        () -> request.respond(new DescribeLogDirsResponse().results(List.of(describe(body)))));
  }

  private DescribeLogDirsResult describe(DescribeLogDirsRequest body) {
    DescribeLogDirsResult result = new DescribeLogDirsResult().logDir(directory.toString());
    try {
      result.totalBytes(disk.totalBytes(directory)).usableBytes(disk.usableBytes(directory));
      return result.topics(topics(body));
    } catch (IOException e) {
      return result.errorCode(ErrorCode.KAFKA_STORAGE_ERROR.code()).topics(List.of());
    }
  }

  private List<DescribeLogDirsTopic> topics(DescribeLogDirsRequest body) throws IOException {
    List<DescribeLogDirsTopic> topics = new ArrayList<>();
    if (body.topics() == null) {
      for (Partitions.Topic topic : partitions.topics()) {
        int[] all = IntStream.range(0, topic.partitions().length).toArray();
        topics.add(describe(topic, all));
      }
      return topics;
    }
    for (DescribableLogDirTopic wanted : body.topics()) {
      Partitions.Topic topic = partitions.topic(wanted.topic());
      if (topic != null) {
        topics.add(describe(topic, wanted.partitions()));
      }
    }
    return topics;
  }

  private DescribeLogDirsTopic describe(Partitions.Topic topic, int[] indexes) throws IOException {
    List<DescribeLogDirsPartition> sizes = new ArrayList<>();
    for (int index : indexes) {
      Partition partition = topic.partition(index);
      if (partition != null) {
        sizes.add(
            new DescribeLogDirsPartition()
                .partitionIndex(index)
                .partitionSize(size(partition))
                .offsetLag(0)
                .isFutureKey(false));
      }
    }
    return new DescribeLogDirsTopic().name(topic.name()).partitions(sizes);
  }

  /** Asking for the sizes of 100,000 idle logs must not open them. */
  private long size(Partition partition) throws IOException {
    PartitionLog open = partition.logIfOpen();
    if (open != null) {
      return open.sizeInBytes();
    }
    long bytes = 0;
    try {
      for (Path file : disk.list(directory.resolve(partition.toString()))) {
        bytes += file.toString().endsWith(SEGMENT) ? disk.size(file) : 0;
      }
    } catch (NoSuchFileException e) {
      // Never used, or just deleted.
    }
    return bytes;
  }
}
