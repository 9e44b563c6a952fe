package io.tailrace.bench.group;

import io.tailrace.bench.BenchException;
import io.tailrace.bench.load.Caller;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.ProtocolReader;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.tailrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.tailrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import io.tailrace.protocol.message.OffsetFetchResponse;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseTopics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Commits and reads offsets of groups that have no members. For its caller's thread. */
public final class GroupOffsets {
  /** A flexible one. */
  public static final short COMMIT_VERSION = 8;

  private static final short FETCH_VERSION = 8;

  /** What a coordinator answers that has not loaded the group's partition, or not begun to. */
  private static final Set<Short> NOT_YET =
      Set.of(
          ErrorCode.COORDINATOR_LOAD_IN_PROGRESS.code(),
          ErrorCode.COORDINATOR_NOT_AVAILABLE.code(),
          ErrorCode.NOT_COORDINATOR.code());

  private final Caller caller;

  GroupOffsets(Caller caller) {
    this.caller = caller;
  }

  /** Commits in one request: offset {@code firstOffset} in partition 0, one more in the next, … */
  public void commit(String groupId, String topic, int partitions, long firstOffset)
      throws IOException {
    OffsetCommitRequest request = commitRequest(groupId, topic, partitions, firstOffset);
    OffsetCommitResponse answer =
        caller.call(ApiKey.OFFSET_COMMIT, COMMIT_VERSION, request, new OffsetCommitResponse());
    answer.topics().stream()
        .flatMap(it -> it.partitions().stream())
        .forEach(it -> Caller.check(it.errorCode(), null, "OffsetCommit of " + groupId));
  }

  /** What {@link #commit} sends. */
  public static OffsetCommitRequest commitRequest(
      String groupId, String topic, int partitions, long firstOffset) {
    List<OffsetCommitRequestPartition> offsets =
        IntStream.range(0, partitions)
            .mapToObj(i ->
                new OffsetCommitRequestPartition()
                    .partitionIndex(i)
                    .committedOffset(firstOffset + i))
            .toList();
    return new OffsetCommitRequest()
        .groupId(groupId)
        .topics(List.of(new OffsetCommitRequestTopic().name(topic).partitions(offsets)));
  }

  /** The first error in the body of an answer, of {@link #COMMIT_VERSION}. */
  public static ErrorCode errorOfCommit(ByteBuffer body) {
    OffsetCommitResponse answer = new OffsetCommitResponse();
    answer.read(new ProtocolReader(body), COMMIT_VERSION);
    return answer.topics().stream()
        .flatMap(topic -> topic.partitions().stream())
        .map(partition -> ErrorCode.forCode(partition.errorCode()))
        .filter(error -> error != ErrorCode.NONE)
        .findFirst()
        .orElse(ErrorCode.NONE);
  }

  /**
   * Checks that what {@link #commit} has committed is there.
   *
   * @throws BenchException if it is not
   */
  public void check(String groupId, int partitions, long firstOffset) throws IOException {
    OffsetFetchResponseGroup group = fetch(List.of(groupId), null).getFirst();
    Caller.check(group.errorCode(), null, "OffsetFetch of " + groupId);
    List<OffsetFetchResponseTopics> topics = group.topics();
    boolean all =
        topics.size() == 1
            && topics.getFirst().partitions().size() == partitions
            && topics.getFirst().partitions().stream()
                .allMatch(it -> it.committedOffset() == firstOffset + it.partitionIndex());
    if (!all) {
      throw new BenchException(
          "not all offsets that group %s committed are there".formatted(groupId));
    }
  }

  /** Those of the groups whose coordinator does not serve them yet. */
  public List<String> notServed(List<String> groupIds) throws IOException {
    List<String> waiting = new ArrayList<>();
    for (OffsetFetchResponseGroup group : fetch(groupIds, List.of())) {
      if (NOT_YET.contains(group.errorCode())) {
        waiting.add(group.groupId());
      } else {
        Caller.check(group.errorCode(), null, "OffsetFetch of " + group.groupId());
      }
    }
    return waiting;
  }

  /**
   * @param topics null: all
   */
  private List<OffsetFetchResponseGroup> fetch(
      List<String> groupIds, @Nullable List<OffsetFetchRequestTopics> topics) throws IOException {
    OffsetFetchRequest request =
        new OffsetFetchRequest()
            .groups(
                groupIds.stream()
                    .map(id -> new OffsetFetchRequestGroup().groupId(id).topics(topics))
                    .toList());
    return caller
        .call(ApiKey.OFFSET_FETCH, FETCH_VERSION, request, new OffsetFetchResponse())
        .groups();
  }
}
