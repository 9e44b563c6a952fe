package io.tailrace.log;

import io.tailrace.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The idempotent producers of a log: recognises retries, gaps and fenced epochs (KIP-98, KIP-360).
 * Guarded by the log's append lock.
 *
 * <p>An append goes through {@link #check}, {@link #accept}, and {@link #update} once its batches
 * are written; if they can't be, {@link #abandon} forgets what was accepted.
 *
 * <p>Never a source of truth: rebuilt from the newest {@link ProducerSnapshot} and the log.
 */
final class ProducerStates {
  private final Map<Long, ProducerState> states;

  /** The producer of the last lookup: mostly the one of the next, too. */
  private @Nullable ProducerState latest;

  /** Distinguishes appends; see {@link ProducerState#pendingCall}. */
  private long call = 1;

  ProducerStates() {
    this(new HashMap<>());
  }

  ProducerStates(Map<Long, ProducerState> states) {
    this.states = states;
  }

  private @Nullable ProducerState find(long producerId) {
    ProducerState state = latest;
    if (state == null || state.producerId != producerId) {
      state = states.get(producerId);
      latest = state;
    }
    return state;
  }

  private ProducerState findOrCreate(long producerId) {
    ProducerState state = find(producerId);
    if (state == null) {
      state = new ProducerState(producerId);
      states.put(producerId, state);
      latest = state;
    }
    return state;
  }

  /**
   * Whether a batch may be appended. A duplicate is {@link AppendBatch#finish finished} with the
   * offset of the first attempt.
   *
   * @return APPENDED if it may
   */
  AppendOutcome check(AppendBatch batch) {
    ByteBuffer buffer = batch.buffer();
    int at = batch.position();
    ProducerState state = find(RecordBatch.producerId(buffer, at));
    if (state == null) {
      // Kafka, too, takes a producer it does not know (any more) at any sequence number.
      return AppendOutcome.APPENDED;
    }
    short epoch = RecordBatch.producerEpoch(buffer, at);
    int first = RecordBatch.baseSequence(buffer, at);
    if (epoch == state.epoch && first != RecordBatch.NO_SEQUENCE) {
      int same = state.find(first, RecordBatch.lastSequence(buffer, at));
      if (same >= 0) {
        boolean stamped = RecordBatch.isLogAppendTime(buffer, at);
        batch.finish(
            AppendOutcome.DUPLICATE,
            state.firstOffset(same),
            stamped ? state.timestamp[same] : RecordBatch.NO_TIMESTAMP);
        return AppendOutcome.DUPLICATE;
      }
    }
    boolean pending = state.pendingCall == call;
    short lastEpoch = pending ? state.pendingEpoch : state.epoch;
    int lastSequence = pending ? state.pendingSequence : state.lastSequence();
    return follows(epoch, first, lastEpoch, lastSequence);
  }

  private static AppendOutcome follows(short epoch, int first, short lastEpoch, int lastSequence) {
    if (epoch < lastEpoch) {
      return AppendOutcome.INVALID_PRODUCER_EPOCH;
    }
    if (first == RecordBatch.NO_SEQUENCE || lastEpoch == RecordBatch.NO_PRODUCER_EPOCH) {
      return AppendOutcome.APPENDED;
    }
    int expected = epoch > lastEpoch ? 0 : (lastSequence + 1) & Integer.MAX_VALUE;
    return first == expected ? AppendOutcome.APPENDED : AppendOutcome.OUT_OF_ORDER_SEQUENCE;
  }

  /** Later checks see the batch as the producer's last one, until the append ends. */
  void accept(ByteBuffer buffer, int at) {
    ProducerState state = findOrCreate(RecordBatch.producerId(buffer, at));
    boolean pending = state.pendingCall == call;
    short epoch = RecordBatch.producerEpoch(buffer, at);
    int sequence = RecordBatch.lastSequence(buffer, at);
    if (sequence == RecordBatch.NO_SEQUENCE
        && epoch == (pending ? state.pendingEpoch : state.epoch)) {
      sequence = pending ? state.pendingSequence : state.lastSequence();
    }
    state.pendingCall = call;
    state.pendingEpoch = epoch;
    state.pendingSequence = sequence;
  }

  /** Takes note of a batch that is in the log: after its append, or in recovery. */
  void update(ByteBuffer buffer, int at) {
    ProducerState state = findOrCreate(RecordBatch.producerId(buffer, at));
    state.startEpoch(RecordBatch.producerEpoch(buffer, at));
    int sequence = RecordBatch.lastSequence(buffer, at);
    long timestamp = RecordBatch.maxTimestamp(buffer, at);
    if (sequence == RecordBatch.NO_SEQUENCE || RecordBatch.isControl(buffer, at)) {
      state.lastTimestamp = timestamp;
    } else {
      int delta = RecordBatch.lastOffsetDelta(buffer, at);
      state.add(sequence, RecordBatch.lastOffset(buffer, at), delta, timestamp);
    }
  }

  /** All accepted batches are in the log and have been {@link #update updated}. */
  void complete() {
    call++;
  }

  /** None of the accepted batches is in the log. */
  void abandon() {
    call++;
    latest = null;
    states.values().removeIf(state -> state.epoch == RecordBatch.NO_PRODUCER_EPOCH);
  }

  /** Forgets producers whose last record is older than {@code producer.id.expiration.ms}. */
  void expire(long wallMs, long expirationMs) {
    latest = null;
    states.values().removeIf(state -> wallMs - state.lastTimestamp >= expirationMs);
  }

  /** By producer id. */
  List<ProducerState> sorted() {
    return new ArrayList<>(new TreeMap<>(states).values());
  }

  @Override
  public String toString() {
    return sorted().toString();
  }
}
