package io.tailrace.coordinator.runtime;

import io.tailrace.protocol.ErrorCode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Runs operations on one shard: appends their records, applies them, and then lets their answers
 * go. For one thread at a time; an operation must not run another.
 *
 * <p>State is ahead of what is committed, where the log promises more than the page cache. Nobody
 * is told of it: every answer, whichever operation completes it, waits for all that is in the log
 * by then.
 *
 * <p>An append that fails has changed nothing. A shard of which a record can't be applied is no
 * longer what its log says: it stops for good, and says so to all who ask.
 */
public final class ShardRuntime<S extends CoordinatorShard> {
  private static final Logger LOG = System.getLogger(ShardRuntime.class.getName());

  private final String name;
  private final S shard;
  private final CoordinatorCodec codec;
  private final CoordinatorLog log;
  private final DeadlineTimers timers = new DeadlineTimers();
  private @Nullable CoordinatorException failure;

  /** Records of kinds that are not known here, and the offset of the first. */
  private long unknownRecords;

  private long firstUnknown;

  /**
   * @param name of the partition, for messages
   * @param newShard makes the state machine, empty
   */
  public ShardRuntime(
      String name, CoordinatorCodec codec, CoordinatorLog log, Function<Timers, S> newShard) {
    this.name = name;
    this.codec = codec;
    this.log = log;
    this.shard = newShard.apply(timers);
  }

  /**
   * Applies what is in the log. Called once, before anything else.
   *
   * @throws CoordinatorException if the log can't be read or applied; the message says where
   */
  public void load(long nowMs) {
    log.readAll(
        new CoordinatorLog.Visitor() {
          @Override
          public void record(
              long offset, long producerId, ByteBuffer key, @Nullable ByteBuffer value) {
            replay(offset, producerId, key, value);
          }

          @Override
          public void endOfTransaction(long producerId, boolean committed) {
            shard.endTransaction(producerId, committed);
          }
        });
    if (unknownRecords > 0) {
      LOG.log(
          Level.WARNING,
          "{0}: records of unknown kinds, which newer versions write, were left out: {1}, the first"
              + " at offset {2}",
          name,
          unknownRecords,
          Long.toString(firstUnknown));
    }
    shard.loaded(nowMs);
  }

  private void replay(long offset, long producerId, ByteBuffer key, @Nullable ByteBuffer value) {
    try {
      CoordinatorRecord record = codec.decode(key, value);
      if (record == null) {
        firstUnknown = unknownRecords++ == 0 ? offset : firstUnknown;
      } else {
        shard.replay(offset, producerId, record);
      }
    } catch (RuntimeException e) {
      // Whatever bytes may bring about: the record is what has to be named.
      throw new CoordinatorException(
          ErrorCode.NOT_COORDINATOR,
          "the record at offset %d of %s can't be applied: %s".formatted(offset, name, e));
    }
  }

  /**
   * Runs an operation.
   *
   * @return its answer; or, exceptionally, a {@link CoordinatorException}. Completes on the
   *     caller's thread, unless it has to wait for others or for a disk
   */
  public <R extends @Nullable Object> CompletableFuture<R> run(
      long nowMs, Function<S, CoordinatorResult<R>> operation) {
    CoordinatorException stopped = failure;
    if (stopped != null) {
      return CompletableFuture.failedFuture(stopped);
    }
    CoordinatorResult<R> result;
    try {
      result = operation.apply(shard);
    } catch (CoordinatorException e) {
      return onceCommitted(CompletableFuture.failedFuture(e));
    }
    try {
      append(result.records(), nowMs);
    } catch (CoordinatorException e) {
      CoordinatorException refusal = new CoordinatorException(toClients(e.code()), e.getMessage());
      tell(result, refusal.code());
      return CompletableFuture.failedFuture(refusal);
    }
    // Before anything else is decided on: what waits for the commit are answers alone.
    tell(result, ErrorCode.NONE);
    return onceCommitted(result.response());
  }

  /** What the log fails with means another thing to those who know the coordinator alone. */
  private static ErrorCode toClients(ErrorCode ofLog) {
    return switch (ofLog) {
      case UNKNOWN_TOPIC_OR_PARTITION, NOT_ENOUGH_REPLICAS, REQUEST_TIMED_OUT ->
          ErrorCode.COORDINATOR_NOT_AVAILABLE;
      case NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR -> ErrorCode.NOT_COORDINATOR;
      case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_FETCH_SIZE ->
          ErrorCode.UNKNOWN_SERVER_ERROR;
      default -> ofLog;
    };
  }

  private static <R extends @Nullable Object> void tell(
      CoordinatorResult<R> result, ErrorCode error) {
    CoordinatorResult.AppendListener listener = result.listener();
    if (listener != null) {
      listener.appended(error);
    }
  }

  private <R extends @Nullable Object> CompletableFuture<R> onceCommitted(
      CompletableFuture<R> response) {
    if (response.isDone() && log.isCommitted()) {
      return response;
    }
    CompletableFuture<R> answer = new CompletableFuture<>();
    response.whenComplete((value, thrown) ->
        log.whenCommitted(error -> {
          if (error != ErrorCode.NONE) {
            answer.completeExceptionally(new CoordinatorException(toClients(error), null));
          } else if (thrown != null) {
            answer.completeExceptionally(thrown);
          } else {
            answer.complete(value);
          }
        }));
    return answer;
  }

  private void append(List<CoordinatorRecord> records, long nowMs) {
    if (records.isEmpty()) {
      return;
    }
    List<CoordinatorLog.Entry> entries = new ArrayList<>(records.size());
    for (CoordinatorRecord record : records) {
      entries.add(entry(record));
    }
    long offset = log.append(entries, nowMs);
    for (CoordinatorRecord record : records) {
      try {
        shard.replay(offset++, -1, record);
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, name + " stops: a defect in Tailrace, at offset " + (offset - 1), e);
        stop(ErrorCode.UNKNOWN_SERVER_ERROR, name + " has stopped because of a defect");
        throw stopped();
      }
    }
  }

  private CoordinatorLog.Entry entry(CoordinatorRecord record) {
    try {
      return new CoordinatorLog.Entry(codec.key(record), codec.value(record));
    } catch (IllegalArgumentException e) {
      // A client's string that is not UTF-8 grows when it is written, maybe beyond the limit.
      throw new CoordinatorException(
          ErrorCode.UNKNOWN_SERVER_ERROR, "the change can't be written: " + e.getMessage());
    }
  }

  private CoordinatorException stopped() {
    CoordinatorException stopped = failure;
    if (stopped == null) {
      throw new IllegalStateException(name + " has not stopped");
    }
    return stopped;
  }

  /** Refuses everything from now on, and answers who waits. */
  public void stop(ErrorCode code, String reason) {
    if (failure == null) {
      failure = new CoordinatorException(code, reason);
      timers.clear();
      shard.unloaded();
    }
  }

  /** When {@link #runTimers} should next be called; Long.MAX_VALUE if nothing is to be done. */
  public long nextDeadlineMs() {
    return timers.nextDeadlineMs();
  }

  /** Runs what is due. */
  public void runTimers(long nowMs) {
    LongFunction<CoordinatorResult<@Nullable Void>> due = timers.poll(nowMs);
    while (due != null) {
      LongFunction<CoordinatorResult<@Nullable Void>> operation = due;
      run(nowMs, ignored -> operation.apply(nowMs))
          .exceptionally(e -> {
            LOG.log(Level.WARNING, "{0}: a timed change failed: {1}", name, e.getMessage());
            return null;
          });
      due = timers.poll(nowMs);
    }
  }

  /** The state, to be read only; not to be kept. */
  public S shard() {
    return shard;
  }
}
