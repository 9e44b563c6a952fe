package org.apache.kafka.coordinator.group;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.common.runtime.CoordinatorEventProcessor;
import org.apache.kafka.coordinator.common.runtime.CoordinatorLoader;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRuntime;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRuntimeMetrics;
import org.apache.kafka.coordinator.common.runtime.PartitionWriter;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorMetrics;
import org.apache.kafka.server.share.persister.NoOpStatePersister;
import org.apache.kafka.server.util.timer.Timer;

/**
 * Makes Kafka's own coordinator without its threads: the public builder always starts some, the
 * constructor that takes a runtime can be called from this package only.
 */
public final class SingleThreadedGroupCoordinator {
  private SingleThreadedGroupCoordinator() {}

  /** What the coordinator's surroundings do, in place of a broker. */
  public record Surroundings(
      Time time,
      Timer timer,
      CoordinatorEventProcessor events,
      ExecutorService background,
      PartitionWriter writer,
      CoordinatorLoader<CoordinatorRecord> loader,
      CoordinatorRuntimeMetrics runtimeMetrics,
      GroupCoordinatorMetrics metrics) {}

  public static GroupCoordinatorService create(
      GroupCoordinatorConfig config, GroupConfigManager configs, Surroundings around) {
    CoordinatorRuntime<GroupCoordinatorShard, CoordinatorRecord> runtime =
        new CoordinatorRuntime.Builder<GroupCoordinatorShard, CoordinatorRecord>()
            .withTime(around.time())
            .withTimer(around.timer())
            .withLogPrefix("")
            .withLogContext(new LogContext())
            .withEventProcessor(around.events())
            .withPartitionWriter(around.writer())
            .withLoader(around.loader())
            .withCoordinatorShardBuilderSupplier(() ->
                new GroupCoordinatorShard.Builder(config, configs)
                    .withAuthorizerPlugin(Optional.empty()))
            .withWriteTimeout(Duration.ofMillis(config.offsetCommitTimeoutMs()))
            .withCoordinatorRuntimeMetrics(around.runtimeMetrics())
            .withCoordinatorMetrics(around.metrics())
            .withSerializer(new GroupCoordinatorRecordSerde())
            .withCompression(Compression.NONE)
            .withAppendLingerMs(OptionalInt.of(0))
            .withExecutorService(around.background())
            .withCachedBufferMaxBytesSupplier(config::cachedBufferMaxBytes)
            .build();
    return new GroupCoordinatorService(
        new LogContext(),
        config,
        runtime,
        around.metrics(),
        configs,
        new NoOpStatePersister(),
        around.timer(),
        null);
  }
}
