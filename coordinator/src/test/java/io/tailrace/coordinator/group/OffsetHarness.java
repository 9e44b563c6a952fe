package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorLog;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.coordinator.runtime.ShardRuntime;
import io.tailrace.coordinator.runtime.TestLog;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.tailrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.message.OffsetCommitResponse.OffsetCommitResponsePartition;
import io.tailrace.protocol.message.OffsetCommitValue;
import io.tailrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.tailrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseTopics;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** A shard over a log in memory, with topics {@code t} (4 partitions) and {@code u} (2). */
final class OffsetHarness {
  final OffsetTestShard.Cluster cluster = new OffsetTestShard.Cluster();
  final TestLog log = new TestLog();
  final Topics.Topic t = cluster.add("t", 4);
  final Topics.Topic u = cluster.add("u", 2);
  ShardRuntime<OffsetTestShard> runtime = OffsetTestShard.over(log, cluster);
  long nowMs = 1_000_000;

  /** As after a restart: groups that only the test knows of are gone. */
  OffsetTestShard reload() {
    runtime = OffsetTestShard.over(log, cluster);
    runtime.load(nowMs);
    return shard();
  }

  OffsetTestShard shard() {
    return runtime.shard();
  }

  OffsetTestGroup add(OffsetTestGroup group) {
    shard().context.groups().put(group.groupId, group);
    return group;
  }

  RequestContext client(int version) {
    return new RequestContext("client", "/127.0.0.1", (short) version, nowMs);
  }

  /** Runs an operation; throws what it refuses with. */
  <R> R run(Function<OffsetTestShard, CoordinatorResult<R>> operation) {
    try {
      return runtime.run(nowMs, operation).join();
    } catch (CompletionException e) {
      throw (CoordinatorException) e.getCause();
    }
  }

  void append(List<CoordinatorRecord> records) {
    run(shard -> CoordinatorResult.of(records));
  }

  OffsetCommitResponse commit(int version, OffsetCommitRequest request) {
    return run(shard -> shard.writes.commit(client(version), request));
  }

  /** By a consumer that is no member; gives the error of the partition. */
  ErrorCode commit(String groupId, String topic, int partition, long offset) {
    return onlyError(commit(9, request(groupId, topic, partition(partition, offset))));
  }

  static OffsetCommitRequest request(
      String groupId, String topic, OffsetCommitRequestPartition... partitions) {
    return new OffsetCommitRequest()
        .groupId(groupId)
        .topics(
            List.of(new OffsetCommitRequestTopic().name(topic).partitions(List.of(partitions))));
  }

  static OffsetCommitRequestPartition partition(int partition, long offset) {
    return new OffsetCommitRequestPartition().partitionIndex(partition).committedOffset(offset);
  }

  static List<ErrorCode> errors(OffsetCommitResponse response) {
    return response.topics().stream()
        .flatMap(topic -> topic.partitions().stream())
        .map(OffsetCommitResponsePartition::errorCode)
        .map(ErrorCode::forCode)
        .toList();
  }

  static ErrorCode onlyError(OffsetCommitResponse response) {
    List<ErrorCode> errors = errors(response);
    if (errors.size() != 1) {
      throw new AssertionError("not one answer, but " + errors);
    }
    return errors.getFirst();
  }

  /** A commit as a transactional producer has written it. */
  void commitInTransaction(
      long producerId, String groupId, String topic, int partition, long offset) {
    CoordinatorRecord record =
        new CoordinatorRecord(
            OffsetStore.key(groupId, topic, partition),
            new OffsetCommitValue().offset(offset).commitTimestamp(nowMs),
            (short) 3);
    GroupCodec codec = new GroupCodec();
    long at =
        log.appendInTransaction(
            producerId, List.of(new CoordinatorLog.Entry(codec.key(record), codec.value(record))));
    shard().replay(at, producerId, record);
  }

  void endTransaction(long producerId, boolean committed) {
    log.endTransaction(producerId, committed);
    shard().endTransaction(producerId, committed);
  }

  OffsetFetchResponseGroup fetch(
      int version, OffsetFetchRequestGroup request, boolean requireStable) {
    return shard().reads.fetch(client(version), request, requireStable);
  }

  static OffsetFetchRequestGroup asking(String groupId, String topic, int... partitions) {
    return new OffsetFetchRequestGroup()
        .groupId(groupId)
        .topics(List.of(new OffsetFetchRequestTopics().name(topic).partitionIndexes(partitions)));
  }

  static OffsetFetchRequestGroup askingAll(String groupId) {
    return new OffsetFetchRequestGroup().groupId(groupId).topics(null);
  }

  static OffsetFetchResponsePartitions only(OffsetFetchResponseGroup response) {
    OffsetFetchResponseTopics topic = response.topics().getFirst();
    if (response.topics().size() != 1 || topic.partitions().size() != 1) {
      throw new AssertionError("not one answer, but " + response);
    }
    return topic.partitions().getFirst();
  }

  /** What is committed, −1 if nothing is. */
  long offset(String groupId, String topic, int partition) {
    return only(fetch(9, asking(groupId, topic, partition), false)).committedOffset();
  }
}
