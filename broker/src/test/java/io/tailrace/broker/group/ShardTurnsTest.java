package io.tailrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.coordinator.group.GroupCodec;
import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorLog;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.coordinator.runtime.CoordinatorShard;
import io.tailrace.coordinator.runtime.ShardRuntime;
import io.tailrace.env.Threads;
import io.tailrace.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShardTurnsTest {
  private final ScheduledExecutorService threads = Threads.scheduler("shard-host-test");
  private final ShardHost<Names> host =
      new ShardHost<>(
          "partition",
          new ShardRuntime<>("partition", new GroupCodec(), new EmptyLog(), timers -> new Names()),
          () -> 0,
          threads);

  /** Which operations have run, in order, and on which threads. */
  private static final class Names implements CoordinatorShard {
    final List<String> operations = new ArrayList<>();
    final List<Thread> ranOn = new ArrayList<>();

    CoordinatorResult<String> run(String name) {
      operations.add(name);
      ranOn.add(Thread.currentThread());
      return CoordinatorResult.of(name);
    }

    @Override
    public void replay(long offset, long producerId, CoordinatorRecord record) {}

    @Override
    public void endTransaction(long producerId, boolean committed) {}

    @Override
    public void loaded(long nowMs) {}

    @Override
    public void unloaded() {}
  }

  private static final class EmptyLog implements CoordinatorLog {
    @Override
    public long append(List<Entry> entries, long wallMs) {
      return 0;
    }

    @Override
    public boolean isCommitted() {
      return true;
    }

    @Override
    public void whenCommitted(CommitListener listener) {
      listener.committed(ErrorCode.NONE);
    }

    @Override
    public void readAll(Visitor visitor) {}
  }

  @AfterEach
  void stop() {
    host.close();
    threads.shutdownNow();
  }

  private CompletableFuture<String> run(boolean quick, String name) {
    return host.run(_ -> quick, (shard, nowMs) -> shard.run(name));
  }

  private void load() throws Exception {
    host.load();
    letOthersEnd();
    run(false, "first").join();
    letOthersEnd();
  }

  /** The one thread has let go of the shard when it takes up what comes behind. */
  private void letOthersEnd() throws Exception {
    threads.submit(() -> {}).get();
  }

  @Test
  void refusesWhatComesBeforeTheLoad() {
    assertThat(run(true, "early").exceptionNow())
        .isInstanceOfSatisfying(
            CoordinatorException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS));
  }

  @Test
  void onlyWhatIsQuickRunsOnTheCallersThread() throws Exception {
    load();
    assertThat(run(true, "quick")).isCompletedWithValue("quick");
    run(false, "slow").join();
    Names shard = host.run(_ -> true, (names, nowMs) -> CoordinatorResult.of(names)).join();
    assertThat(shard.operations).containsExactly("first", "quick", "slow");
    assertThat(shard.ranOn.get(1)).isSameAs(Thread.currentThread());
    assertThat(shard.ranOn.get(2)).isNotSameAs(Thread.currentThread());
  }

  @Test
  void theShardIsLookedAtInTheOperationsTurn() throws Exception {
    load();
    CompletableFuture<String> answer =
        host.run(
            shard -> shard.operations.contains("first"), (shard, nowMs) -> shard.run("looked"));
    assertThat(answer).isCompletedWithValue("looked");
  }

  @Test
  void whatIsQuickOvertakesNobody() throws Exception {
    load();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    host.run(
        _ -> false,
        (shard, nowMs) -> {
          begun.countDown();
          awaitQuietly(end);
          return shard.run("slow");
        });
    begun.await();
    CompletableFuture<String> second = run(false, "second");
    CompletableFuture<String> quick = run(true, "quick");
    assertThat(quick).isNotDone();
    end.countDown();
    quick.join();
    assertThat(second).isCompleted();
    Names shard = host.run(_ -> true, (names, nowMs) -> CoordinatorResult.of(names)).join();
    assertThat(shard.operations).containsExactly("first", "slow", "second", "quick");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
