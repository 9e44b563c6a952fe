package io.tailrace.coordinator.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.coordinator.group.GroupCodec;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.OffsetCommitKey;
import io.tailrace.protocol.message.OffsetCommitValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ShardRuntimeTest {
  /** The failures here are meant. */
  private static final Logger LOG = Logger.getLogger(ShardRuntime.class.getName());

  /** A value that the shard below can't take. */
  private static final long POISON = -666;

  private final TestLog log = new TestLog();
  private final ShardRuntime<Values> runtime = runtime();

  @BeforeAll
  static void keepQuiet() {
    LOG.setLevel(Level.OFF);
  }

  @AfterAll
  static void speakAgain() {
    LOG.setLevel(null);
  }

  /** Keeps a number per name. */
  private static final class Values implements CoordinatorShard {
    final Timers timers;
    final Map<String, Long> values = new HashMap<>();
    final Map<Long, Map<String, Long>> pending = new HashMap<>();
    final List<Long> offsets = new ArrayList<>();
    long loadedMs = -1;
    int unloaded;

    Values(Timers timers) {
      this.timers = timers;
    }

    @Override
    public void replay(long offset, long producerId, CoordinatorRecord record) {
      String name = ((OffsetCommitKey) record.key()).group();
      OffsetCommitValue value = (OffsetCommitValue) record.value();
      if (value == null) {
        values.remove(name);
      } else if (value.offset() == POISON) {
        throw new IllegalStateException("poison");
      } else if (producerId < 0) {
        values.put(name, value.offset());
      } else {
        pending.computeIfAbsent(producerId, id -> new HashMap<>()).put(name, value.offset());
      }
      offsets.add(offset);
    }

    @Override
    public void endTransaction(long producerId, boolean committed) {
      Map<String, Long> ended = pending.remove(producerId);
      if (committed) {
        values.putAll(ended);
      }
    }

    @Override
    public void loaded(long nowMs) {
      loadedMs = nowMs;
    }

    @Override
    public void unloaded() {
      unloaded++;
    }
  }

  private ShardRuntime<Values> runtime() {
    return new ShardRuntime<>("partition-7", new GroupCodec(), log, Values::new);
  }

  private static CoordinatorRecord put(String name, long value) {
    return new CoordinatorRecord(
        new OffsetCommitKey().group(name).topic("t"),
        new OffsetCommitValue().offset(value),
        (short) 3);
  }

  private static CoordinatorLog.Entry entry(CoordinatorRecord record) {
    GroupCodec codec = new GroupCodec();
    return new CoordinatorLog.Entry(codec.key(record), codec.value(record));
  }

  private CompletableFuture<String> run(CoordinatorRecord... records) {
    return runtime.run(0, shard -> CoordinatorResult.of(List.of(records), "done"));
  }

  private static void assertRefused(CompletableFuture<?> answer, ErrorCode code) {
    assertThat(answer).isCompletedExceptionally();
    assertThat(answer.exceptionNow())
        .isInstanceOfSatisfying(
            CoordinatorException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void appendsAsOneBatchThenAppliesThenAnswers() {
    assertThat(run(put("a", 1), put("b", 2), put("a", 3)).join()).isEqualTo("done");
    assertThat(log.batches()).isEqualTo(1);
    assertThat(log.endOffset()).isEqualTo(3);
    assertThat(runtime.shard().values).isEqualTo(Map.of("a", 3L, "b", 2L));
    run(CoordinatorRecord.tombstone(new OffsetCommitKey().group("a").topic("t"))).join();
    assertThat(runtime.shard().values).isEqualTo(Map.of("b", 2L));
    assertThat(runtime.shard().offsets).containsExactly(0L, 1L, 2L, 3L);
  }

  @Test
  void anAnswerWithoutRecordsAppendsNothing() {
    assertThat(run().join()).isEqualTo("done");
    assertThat(log.batches()).isZero();
  }

  @Test
  void theListenerIsToldBeforeTheAnswerAndAfterTheRecordsAreApplied() {
    log.holdCommits();
    List<String> order = new ArrayList<>();
    CompletableFuture<String> answer =
        runtime.run(
            0,
            shard ->
                new CoordinatorResult<>(
                    List.of(put("a", 1)),
                    CompletableFuture.completedFuture("done"),
                    error -> order.add("told " + error + " with " + shard.values)));
    answer.thenAccept(order::add);
    assertThat(order).containsExactly("told NONE with {a=1}");
    assertThat(answer).isNotDone();
    log.releaseCommits(ErrorCode.NONE);
    assertThat(order).containsExactly("told NONE with {a=1}", "done");
  }

  @Test
  void aListenerWithoutRecordsIsToldToo() {
    List<ErrorCode> told = new ArrayList<>();
    CompletableFuture<String> answer =
        runtime.run(
            0,
            shard ->
                new CoordinatorResult<>(
                    List.of(), CompletableFuture.completedFuture("done"), told::add));
    assertThat(answer.join()).isEqualTo("done");
    assertThat(told).containsExactly(ErrorCode.NONE);
    assertThat(log.batches()).isZero();
  }

  @Test
  void whatIsNotCommittedIsNotAnswered() {
    log.holdCommits();
    CompletableFuture<String> answer = run(put("a", 1));
    log.releaseCommits(ErrorCode.NOT_COORDINATOR);
    assertRefused(answer, ErrorCode.NOT_COORDINATOR);
  }

  @Test
  void anAnswerThatAnotherOperationGivesWaitsForThatOnesRecords() {
    CompletableFuture<String> given = new CompletableFuture<>();
    CompletableFuture<String> waiting = runtime.run(0, shard -> CoordinatorResult.waiting(given));
    log.holdCommits();
    CompletableFuture<String> answer =
        runtime.run(
            0,
            shard ->
                new CoordinatorResult<>(
                    List.of(put("a", 1)),
                    CompletableFuture.completedFuture("done"),
                    error -> given.complete("given")));
    assertThat(List.of(waiting, answer)).noneMatch(CompletableFuture::isDone);
    log.releaseCommits(ErrorCode.NONE);
    assertThat(waiting.join()).isEqualTo("given");
    assertThat(answer.join()).isEqualTo("done");
  }

  @Test
  void nobodyIsToldOfWhatIsNotCommitted() {
    run(put("a", 1)).join();
    log.holdCommits();
    run(put("a", 2));
    CompletableFuture<Long> read = read("a");
    CompletableFuture<String> refused = refused();
    assertThat(List.of(read, refused)).noneMatch(CompletableFuture::isDone);
    log.releaseCommits(ErrorCode.NONE);
    assertThat(read.join()).isEqualTo(2);
    assertRefused(refused, ErrorCode.UNKNOWN_MEMBER_ID);
  }

  @Test
  void ifTheCommitFailsAllWhoWaitForItAreRefused() {
    CompletableFuture<String> given = new CompletableFuture<>();
    CompletableFuture<String> waiting = runtime.run(0, shard -> CoordinatorResult.waiting(given));
    log.holdCommits();
    run(put("a", 2));
    given.complete("given");
    List<CompletableFuture<?>> answers = List.of(waiting, read("a"), refused());
    log.releaseCommits(ErrorCode.NOT_COORDINATOR);
    answers.forEach(answer -> assertRefused(answer, ErrorCode.NOT_COORDINATOR));
  }

  @Test
  void whoWaitsWhileTheShardStopsIsAnsweredThoughNothingIsCommitted() {
    log.holdCommits();
    CompletableFuture<String> answer = run(put("a", 1));
    runtime.stop(ErrorCode.NOT_COORDINATOR, "moved");
    assertRefused(run(), ErrorCode.NOT_COORDINATOR);
    log.releaseCommits(ErrorCode.NONE);
    assertThat(answer.join()).isEqualTo("done");
  }

  private CompletableFuture<Long> read(String name) {
    return runtime.run(0, shard -> CoordinatorResult.of(shard.values.get(name)));
  }

  private CompletableFuture<String> refused() {
    return runtime.run(
        0,
        shard -> {
          throw new CoordinatorException(ErrorCode.UNKNOWN_MEMBER_ID, "who?");
        });
  }

  @Test
  void anAnswerMayBeLeftToALaterOperation() {
    CompletableFuture<String> later = new CompletableFuture<>();
    CompletableFuture<String> answer =
        runtime.run(0, shard -> new CoordinatorResult<>(List.of(put("a", 1)), later, null));
    assertThat(answer).isNotDone();
    run(put("b", 2)).join();
    later.complete("at last");
    assertThat(answer.join()).isEqualTo("at last");
  }

  @Test
  void aFailedAppendChangesNothingAndTellsTheListener() {
    run(put("a", 1)).join();
    for (int k = 1; k <= 3; k++) {
      log.failAppend(k, ErrorCode.COORDINATOR_NOT_AVAILABLE);
      for (int i = 1; i < k; i++) {
        run(put("b", i)).join();
      }
      Map<String, Long> before = Map.copyOf(runtime.shard().values);
      List<ErrorCode> told = new ArrayList<>();
      CompletableFuture<String> answer =
          runtime.run(
              0,
              shard ->
                  new CoordinatorResult<>(
                      List.of(put("a", 100), put("c", 100)),
                      CompletableFuture.completedFuture("done"),
                      told::add));
      assertRefused(answer, ErrorCode.COORDINATOR_NOT_AVAILABLE);
      assertThat(told).containsExactly(ErrorCode.COORDINATOR_NOT_AVAILABLE);
      assertThat(runtime.shard().values).isEqualTo(before);
    }
    assertThat(run(put("c", 3)).join()).isEqualTo("done");
    assertThat(runtime.shard().unloaded).isZero();
  }

  @Test
  void whatCannotBeWrittenIsRefusedAndTellsTheListener() {
    List<ErrorCode> told = new ArrayList<>();
    CompletableFuture<String> answer =
        runtime.run(
            0,
            shard ->
                new CoordinatorResult<>(
                    List.of(put("a", 1), put("\uFFFD".repeat(20_000), 1)),
                    CompletableFuture.completedFuture("done"),
                    told::add));
    assertRefused(answer, ErrorCode.UNKNOWN_SERVER_ERROR);
    assertThat(told).containsExactly(ErrorCode.UNKNOWN_SERVER_ERROR);
    assertThat(log.endOffset()).isZero();
    assertThat(run(put("a", 2)).join()).isEqualTo("done");
  }

  @Test
  void anOperationThatRefusesChangesNothing() {
    assertRefused(refused(), ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(log.endOffset()).isZero();
  }

  @Test
  void aRecordThatCannotBeAppliedStopsTheShard() {
    runtime.shard().timers.schedule("key", 10, nowMs -> CoordinatorResult.of(List.of(put("t", 1))));
    List<ErrorCode> told = new ArrayList<>();
    CompletableFuture<String> answer =
        runtime.run(
            0,
            shard ->
                new CoordinatorResult<>(
                    List.of(put("a", 1), put("b", POISON)),
                    CompletableFuture.completedFuture("done"),
                    told::add));
    assertRefused(answer, ErrorCode.UNKNOWN_SERVER_ERROR);
    assertThat(told).containsExactly(ErrorCode.UNKNOWN_SERVER_ERROR);
    assertThat(runtime.shard().unloaded).isEqualTo(1);
    assertRefused(run(put("c", 1)), ErrorCode.UNKNOWN_SERVER_ERROR);
    assertRefused(run(), ErrorCode.UNKNOWN_SERVER_ERROR);
    assertThat(runtime.nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);
    runtime.stop(ErrorCode.NOT_COORDINATOR, "moved");
    assertThat(runtime.shard().unloaded).isEqualTo(1);
    assertThat(log.batches()).isEqualTo(1);
  }

  @Test
  void timersRunAsOperations() {
    runtime
        .shard()
        .timers
        .schedule("a", 10, nowMs -> CoordinatorResult.of(List.of(put("a", nowMs))));
    runtime
        .shard()
        .timers
        .schedule("b", 20, nowMs -> CoordinatorResult.of(List.of(put("b", nowMs))));
    assertThat(runtime.nextDeadlineMs()).isEqualTo(10);
    runtime.runTimers(9);
    assertThat(runtime.shard().values).isEmpty();
    runtime.runTimers(11);
    assertThat(runtime.shard().values).isEqualTo(Map.of("a", 11L));
    log.failAppend(1, ErrorCode.COORDINATOR_NOT_AVAILABLE);
    runtime.runTimers(25);
    assertThat(runtime.shard().values).isEqualTo(Map.of("a", 11L));
    assertThat(runtime.nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void loadingFindsTheSameState() {
    run(put("a", 1), put("b", 2)).join();
    log.appendInTransaction(5, List.of(entry(put("c", 3))));
    log.appendInTransaction(6, List.of(entry(put("d", 4))));
    log.endTransaction(6, false);
    log.endTransaction(5, true);
    log.appendInTransaction(7, List.of(entry(put("e", 5))));
    ShardRuntime<Values> again = runtime();
    again.load(99);
    assertThat(again.shard().values).isEqualTo(Map.of("a", 1L, "b", 2L, "c", 3L));
    assertThat(again.shard().pending).isEqualTo(Map.of(7L, Map.of("e", 5L)));
    assertThat(again.shard().loadedMs).isEqualTo(99);
    assertThat(again.shard().offsets).containsExactly(0L, 1L, 2L, 3L, 6L);
  }

  @Test
  void aRecordOfAnUnknownKindIsLeftOut() {
    run(put("a", 1), put("b", 2)).join();
    log.overwrite(0, new byte[] {0x7F, 0, 1, 2, 3}, new byte[] {1});
    ShardRuntime<Values> again = runtime();
    again.load(0);
    assertThat(again.shard().values).isEqualTo(Map.of("b", 2L));
  }

  @Test
  void loadingDamagedRecordsNamesTheOffset() {
    run(put("a", 1), put("b", 2), put("c", 3)).join();
    CoordinatorLog.Entry good = entry(put("b", 2));
    byte[] shortValue = Arrays.copyOf(good.value(), good.value().length - 1);
    byte[] longValue = Arrays.copyOf(good.value(), good.value().length + 1);
    byte[] newVersion = good.value().clone();
    newVersion[1] = 99;
    for (byte[] value : List.of(shortValue, longValue, newVersion, new byte[0], new byte[1])) {
      assertNamesOffsetOne(good.key(), value);
    }
    assertNamesOffsetOne(new byte[0], good.value());
    assertNamesOffsetOne(Arrays.copyOf(good.key(), good.key().length - 1), good.value());
    assertNamesOffsetOne(good.key(), entry(put("b", POISON)).value());
  }

  private void assertNamesOffsetOne(byte[] key, byte[] value) {
    log.overwrite(1, key, value);
    assertThatThrownBy(() -> runtime().load(0))
        .isInstanceOf(CoordinatorException.class)
        .hasMessageContaining("offset 1 of partition-7");
  }

  @Test
  void randomDamageNamesTheOffsetOrIsARecord() {
    run(put("a", 1), put("b", 2), put("c", 3)).join();
    CoordinatorLog.Entry good = entry(put("b", 2));
    for (long seed = 0; seed < 3000; seed++) {
      Random random = new Random(seed);
      log.overwrite(1, damaged(good.key(), random), damaged(good.value(), random));
      try {
        runtime().load(0);
      } catch (CoordinatorException e) {
        assertThat(e).as("seed %d", seed).hasMessageContaining("offset 1 of partition-7");
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static byte[] damaged(byte[] bytes, Random random) {
    byte[] damaged =
        Arrays.copyOf(bytes, random.nextInt(4) == 0 ? random.nextInt(40) : bytes.length);
    for (int flips = random.nextInt(3); flips > 0 && damaged.length > 0; flips--) {
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
    }
    return damaged;
  }
}
