package io.tailrace.broker.api;

import io.tailrace.broker.partition.Partition;
import io.tailrace.broker.partition.Partitions;
import io.tailrace.env.Disk;
import io.tailrace.log.LogException;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DescribeLogDirsRequest;
import io.tailrace.protocol.message.DescribeLogDirsRequest.DescribableLogDirTopic;
import io.tailrace.protocol.message.DescribeLogDirsResponse;
import io.tailrace.protocol.message.DescribeLogDirsResponse.DescribeLogDirsPartition;
import io.tailrace.protocol.message.DescribeLogDirsResponse.DescribeLogDirsResult;
import io.tailrace.protocol.message.DescribeLogDirsResponse.DescribeLogDirsTopic;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
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
  private static final Logger LOG = System.getLogger(DescribeLogDirsHandler.class.getName());

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

  private List<DescribeLogDirsTopic> topics(DescribeLogDirsRequest body) {
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

  private static DescribeLogDirsTopic describe(Partitions.Topic topic, int[] indexes) {
    List<DescribeLogDirsPartition> sizes = new ArrayList<>();
    for (int index : indexes) {
      Partition partition = topic.partition(index);
      if (partition != null) {
        describe(partition, sizes);
      }
    }
    return new DescribeLogDirsTopic().name(topic.name()).partitions(sizes);
  }

  /** A log that can't be opened is left out, as Kafka leaves out those of an offline folder. */
  private static void describe(Partition partition, List<DescribeLogDirsPartition> sizes) {
    try {
      sizes.add(
          new DescribeLogDirsPartition()
              .partitionIndex(partition.index())
              .partitionSize(partition.log().sizeInBytes())
              .offsetLag(0)
              .isFutureKey(false));
    } catch (LogException e) {
      LOG.log(Level.DEBUG, "{0} has no size: {1}", partition, e.getMessage());
    }
  }
}
