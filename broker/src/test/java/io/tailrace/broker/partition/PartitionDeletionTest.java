package io.tailrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.log.LogConfig;
import io.tailrace.log.LogException;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PartitionDeletionTest {

  /**
   * A request may still hold a partition whose topic is gone. Were its log opened now, its folder
   * would stand there with the old topic id, in the way of a new topic of the same name.
   */
  @Test
  void aDeletedPartitionIsNotOpened() {
    AtomicInteger opened = new AtomicInteger();
    ProduceRules rules = new ProduceRules(1000, false, 0, 0, false, false);
    Partition partition =
        new Partition(
            "t",
            new UUID(0, 1),
            0,
            0,
            rules,
            LogConfig.DEFAULT,
            new Partition.Context(
                (unopened, config) -> {
                  opened.incrementAndGet();
                  throw new IllegalStateException("opened");
                },
                Runnable::run,
                new TimedFlushes()));
    AtomicInteger woken = new AtomicInteger();
    partition.watch(woken::incrementAndGet);
    partition.markDeleted();
    assertThat(woken).hasValue(1);
    assertThatThrownBy(partition::log)
        .isInstanceOf(LogException.class)
        .hasMessageContaining("t-0 has been deleted");
    assertThat(opened).hasValue(0);
  }
}
