package io.tailrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever asks a shard is answered, whatever happens to it. */
@Timeout(60)
class ShardHostTest {
  /** Kept, so that its level is: what fails here is meant to. */
  private static final Logger LOG = Logger.getLogger(ShardHost.class.getName());

  private final ScheduledExecutorService thread = Threads.scheduler("shard-host-test");
  private final CompletableFuture<String> waiting = new CompletableFuture<>();
  private @Nullable RuntimeException loadFailure;
  private final ShardHost<Shard> host =
      new ShardHost<>(
          "partition-7",
          new ShardRuntime<>("partition-7", new GroupCodec(), new Log(), timers -> new Shard()),
          () -> 0,
          thread);

  @AfterEach
  void stop() {
    thread.shutdownNow();
    LOG.setLevel(null);
  }

  private final class Shard implements CoordinatorShard {
    @Override
    public void replay(long offset, long producerId, CoordinatorRecord record) {}

    @Override
    public void endTransaction(long producerId, boolean committed) {}

    @Override
    public void loaded(long nowMs) {}

    @Override
    public void unloaded() {
      waiting.complete("unloaded");
    }
  }

  private final class Log implements CoordinatorLog {
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
    public void readAll(Visitor visitor) {
      if (loadFailure != null) {
        throw loadFailure;
      }
    }
  }

  private CompletableFuture<String> ask() {
    return host.run(_ -> false, (shard, now) -> CoordinatorResult.of("answer"));
  }

  private void load() {
    host.load();
    await().until(() -> refusal(ask()) != ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
  }

  /** NONE if it is answered. */
  private static ErrorCode refusal(CompletableFuture<String> answer) {
    try {
      answer.join();
      return ErrorCode.NONE;
    } catch (CompletionException e) {
      return CoordinatorException.of(e).code();
    }
  }

  /** The only thread does something else until the latch is opened. */
  private CountDownLatch occupyThread() {
    CountDownLatch latch = new CountDownLatch(1);
    thread.execute(() -> {
      try {
        latch.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    return latch;
  }

  @Test
  void beforeItIsLoadedItSaysSo() {
    assertThat(refusal(ask())).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
    load();
    assertThat(ask().join()).isEqualTo("answer");
  }

  @Test
  void whatHasNotBegunAtTheEndIsAnswered() throws Exception {
    load();
    CompletableFuture<String> parked =
        host.run(_ -> true, (shard, now) -> CoordinatorResult.waiting(waiting));
    CountDownLatch occupied = occupyThread();
    List<CompletableFuture<String>> queued = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      queued.add(ask());
    }
    assertThat(queued).noneMatch(CompletableFuture::isDone);
    host.close();
    assertThat(parked.join()).isEqualTo("unloaded");
    thread.shutdown();
    queued.add(ask());
    occupied.countDown();
    assertThat(thread.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    assertThat(queued).extracting(ShardHostTest::refusal).containsOnly(ErrorCode.NOT_COORDINATOR);
  }

  @Test
  void whoAsksWhenTheThreadsHaveEndedIsAnswered() {
    load();
    thread.shutdown();
    assertThat(ask().join()).isEqualTo("answer");
    host.close();
    assertThat(refusal(ask())).isEqualTo(ErrorCode.NOT_COORDINATOR);
  }

  @Test
  void aLoadThatFailsInAnyWayTakesThePartitionOfflineAndNotForEverLoading() {
    LOG.setLevel(Level.OFF);
    loadFailure = new IndexOutOfBoundsException("as damaged bytes may bring about");
    load();
    assertThat(refusal(ask())).isEqualTo(ErrorCode.NOT_COORDINATOR);
    assertThat(host.offlineReason()).contains("partition-7 is offline");
  }

  @Test
  void anOperationThatFailsInAnyWayIsAnsweredAndThoseBehindItToo() {
    LOG.setLevel(Level.OFF);
    load();
    CompletableFuture<String> failed =
        host.run(
            _ -> false,
            (shard, now) -> {
              throw new IllegalStateException("a defect");
            });
    assertThat(ask().join()).isEqualTo("answer");
    assertThat(refusal(failed)).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);
  }
}
