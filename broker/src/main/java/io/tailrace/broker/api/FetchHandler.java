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
 * <p>A request names all its partitions ({@link FullFetch}), and may begin a session with that; or
 * it names a session and what has changed since the one before ({@link IncrementalFetch}).
 */
final class FetchHandler implements ApiHandler {
  /** First version that names topics by id (KIP-516). */
  private static final int TOPIC_IDS = 13;

  /** A client's epoch for a full fetch that begins a session; that of its id ends. */
  private static final int INITIAL_EPOCH = 0;

  /** A client's epoch for a fetch outside of any session; that of its id ends. */
  private static final int FINAL_EPOCH = -1;

  private final Partitions partitions;
  private final FetchSessions sessions;
  private final IntSupplier fetchMaxBytes;
  private final ParkedFetches parked;
  private final Executor coldReaders;

  FetchHandler(
      Partitions partitions,
      FetchSessions sessions,
      IntSupplier fetchMaxBytes,
      ParkedFetches parked,
      Executor coldReaders) {
    this.partitions = partitions;
    this.sessions = sessions;
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
    Fetch fetch = fetch(request, body);
    if (fetch != null) {
      answer(fetch, body.maxWaitMs());
    }
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

  /** The fetch that a request asks for; null if it has been refused. */
  private @Nullable Fetch fetch(ApiRequest request, FetchRequest body) {
    return switch (body.sessionEpoch()) {
      case FINAL_EPOCH -> {
        sessions.close(body.sessionId());
        yield sessionless(request, body);
      }
      case INITIAL_EPOCH -> {
        sessions.close(body.sessionId());
        yield beginning(request, body);
      }
      default -> incremental(request, body);
    };
  }

  private Fetch sessionless(ApiRequest request, FetchRequest body) {
    return new FullFetch(
        request, limits(body), targets(body, byId(request)), (targets, response) -> 0);
  }

  private Fetch beginning(ApiRequest request, FetchRequest body) {
    boolean byId = byId(request);
    return new FullFetch(
        request,
        limits(body),
        targets(body, byId),
        (targets, response) -> sessions.open(targets, response, byId, request.nowNs()));
  }

  private @Nullable Fetch incremental(ApiRequest request, FetchRequest body) {
    FetchSession session = sessions.get(body.sessionId());
    ErrorCode error =
        session == null
            ? ErrorCode.FETCH_SESSION_ID_NOT_FOUND
            : session.begin(body, byId(request), request.nowNs());
    if (session == null || error != ErrorCode.NONE) {
      if (error == ErrorCode.FETCH_SESSION_ID_NOT_FOUND) {
        sessions.close(body.sessionId());
      }
      request.respond(new FetchResponse().errorCode(error.code()));
      return null;
    }
    if (session.size() == 0) {
      sessions.close(session.id());
      return sessionless(request, body);
    }
    return new IncrementalFetch(
        request, limits(body), session, FetchSession.nextEpoch(body.sessionEpoch()));
  }

  private Fetch.Limits limits(FetchRequest body) {
    return new Fetch.Limits(
        body.minBytes(),
        Math.min(body.maxBytes(), fetchMaxBytes.getAsInt()),
        body.isolationLevel() == Fetch.READ_COMMITTED);
  }

  private static boolean byId(ApiRequest request) {
    return request.version() >= TOPIC_IDS;
  }

  private List<FullFetch.Target> targets(FetchRequest body, boolean byId) {
    List<FullFetch.Target> targets = new ArrayList<>();
    for (FetchTopic topic : body.topics()) {
      Partitions.Topic found =
          byId ? partitions.topic(topic.topicId()) : partitions.topic(topic.topic());
      for (FetchPartition wanted : topic.partitions()) {
        targets.add(target(topic.topic(), topic.topicId(), found, wanted, byId));
      }
    }
    return targets;
  }

  private static FullFetch.Target target(
      String name, UUID id, Partitions.@Nullable Topic found, FetchPartition wanted, boolean byId) {
    ErrorCode missing = byId ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    if (found == null) {
      return new FullFetch.Target(name, id, wanted, null, missing);
    }
    Partition partition = found.partition(wanted.partition());
    if (partition == null) {
      missing = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    }
    return new FullFetch.Target(found.name(), found.id(), wanted, partition, missing);
  }
}
