package io.tailrace.bench;

import io.tailrace.bench.load.Batches;
import io.tailrace.bench.load.Clients;
import io.tailrace.bench.load.ProduceExchange;
import io.tailrace.bench.load.Rotation;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Connects producers to a topic. With more partitions than connections, each connection takes all
 * of them in turn; else they are spread over the partitions.
 *
 * @param leaders one for each partition
 */
record Producers(String topic, List<InetSocketAddress> leaders, short acks, int recordsPerBatch) {

  /** How many batches per second make so many 10⁶ bytes per second. */
  double batchesPerSecond(double megabytesPerSecond) {
    return megabytesPerSecond * 1e6 / Batches.sizeOf(recordsPerBatch);
  }

  /**
   * @param stamped whether each batch carries when it was due
   */
  void connect(Clients clients, int connections, int inFlight, int threads, boolean stamped)
      throws IOException {
    ByteBuffer batch = Batches.batch(recordsPerBatch, System.currentTimeMillis());
    clients.connect(
        leaders,
        connections,
        inFlight,
        threads,
        Long.MAX_VALUE,
        i -> new ProduceExchange(topic, rotation(i, connections), acks, batch, inFlight, stamped));
  }

  private Rotation rotation(int connection, int connections) {
    int partitions = leaders.size();
    return partitions <= connections
        ? Rotation.only(connection % partitions)
        : Rotation.all((int) ((long) connection * partitions / connections), partitions);
  }
}
