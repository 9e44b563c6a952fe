package io.tailrace.broker.api;

import io.tailrace.broker.config.BrokerConfig;
import io.tailrace.broker.group.GroupCoordinator;
import io.tailrace.broker.partition.Partitions;
import io.tailrace.env.Clock;
import io.tailrace.env.Disk;
import io.tailrace.log.DataDirectories;
import io.tailrace.metadata.ClusterImage;
import io.tailrace.metadata.Controller;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * What the handlers of all event loops share. Everything in it is safe for use by many threads.
 *
 * @param brokerId this broker's node id
 * @param image the current image of the cluster
 * @param config the current settings of this broker
 * @param workers runs what may wait for a disk
 * @param coldReaders likewise, for what a consumer waits for
 */
public record BrokerServices(
    int brokerId,
    Clock clock,
    Disk disk,
    DataDirectories directories,
    OfflineReplicas offlineReplicas,
    Supplier<ClusterImage> image,
    Supplier<BrokerConfig> config,
    Partitions partitions,
    FetchSessions fetchSessions,
    Controller controller,
    GroupCoordinator groups,
    ProducerIds producerIds,
    Executor workers,
    Executor coldReaders) {}
