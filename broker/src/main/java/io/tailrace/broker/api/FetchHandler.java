package io.tailrace.broker.api;

import io.tailrace.broker.partition.Partition;
import io.tailrace.broker.partition.Partitions;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchRequest.FetchPartition;
import io.tailrace.protocol.message.FetchRequest.FetchTopic;
import io.tailrace.protocol.message.FetchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Fetch v4–18. Record bytes never pass through here: each partition's answer is a slice of a log
 * file that the network layer sends with sendfile. Fetches that find less than {@code min_bytes}
 * wait in {@link ParkedFetches}.
 *
 * <p>Fetch sessions (KIP-227) are not kept: every answer has session id 0, so clients send their
 * full list of partitions each time.
 */
final class FetchHandler implements ApiHandler {
  /** First version that names topics by id (KIP-516). */
  private static final int TOPIC_IDS = 13;

  /** A client's epoch for a fetch outside of any session. */
  private static final int FINAL_EPOCH = -1;

  private final Partitions partitions;
  private final IntSupplier fetchMaxBytes;
  private final ParkedFetches parked;
  private final Executor coldReaders;

  FetchHandler(
      Partitions partitions,
      IntSupplier fetchMaxBytes,
      ParkedFetches parked,
      Executor coldReaders) {
    this.partitions = partitions;
    this.fetchMaxBytes = fetchMaxBytes;
    this.parked = parked;
    this.coldReaders = coldReaders;
  }

  @Override
  public ApiKey apiKey() {
    return ApiKey.FETCH;
  }

  @Override
  public void handle(ApiRequest request) {
    FetchRequest body = request.read(new FetchRequest());
    if (body.sessionId() != 0 && body.sessionEpoch() != FINAL_EPOCH) {
      request.respond(new FetchResponse().errorCode(ErrorCode.FETCH_SESSION_ID_NOT_FOUND.code()));
      return;
    }
    Fetch fetch =
        new Fetch(
            request,
            targets(body, request.version()),
            body.minBytes(),
            Math.min(body.maxBytes(), fetchMaxBytes.getAsInt()),
            body.isolationLevel() == Fetch.READ_COMMITTED);
    answer(fetch, body.maxWaitMs());
  }

  private void answer(Fetch fetch, int maxWaitMs) {
    if (fetch.answer(maxWaitMs <= 0 || parked.isClosed())) {
      return;
    }
    if (fetch.mustReadDisk()) {
      coldReaders.execute(() -> {
        try {
          fetch.readDisk();
        } finally {
          fetch.request().loop().execute(() -> answerLate(fetch, maxWaitMs));
        }
      });
    } else {
      parked.park(fetch, fetch.request().nowNs() + maxWaitMs * 1_000_000L);
    }
  }

  private void answerLate(Fetch fetch, int maxWaitMs) {
    try {
      answer(fetch, maxWaitMs);
    } catch (RuntimeException e) {
      fetch.request().closeConnection("its fetch met an unexpected error");
      throw e;
    }
  }

  private List<Fetch.Target> targets(FetchRequest body, short version) {
    boolean byId = version >= TOPIC_IDS;
    List<Fetch.Target> targets = new ArrayList<>();
    for (FetchTopic topic : body.topics()) {
      Partitions.Topic found =
          byId ? partitions.topic(topic.topicId()) : partitions.topic(topic.topic());
      for (FetchPartition wanted : topic.partitions()) {
        targets.add(target(topic.topic(), topic.topicId(), found, wanted, byId));
      }
    }
    return targets;
  }

  private static Fetch.Target target(
      String name, UUID id, Partitions.@Nullable Topic found, FetchPartition wanted, boolean byId) {
    ErrorCode missing = byId ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    if (found == null) {
      return new Fetch.Target(name, id, wanted, null, missing);
    }
    Partition partition = found.partition(wanted.partition());
    if (partition == null) {
      missing = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    }
    return new Fetch.Target(found.name(), found.id(), wanted, partition, missing);
  }
}
