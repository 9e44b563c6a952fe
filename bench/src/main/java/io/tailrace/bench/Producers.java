package io.tailrace.bench;

import io.tailrace.bench.load.Batches;
import io.tailrace.bench.load.Clients;
import io.tailrace.bench.load.ProduceExchange;
import io.tailrace.bench.load.Rotation;
import io.tailrace.bench.load.Schedule;
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

  /** A schedule of batches that makes so many 10⁶ bytes per second. */
  Schedule schedule(double megabytesPerSecond, long startNs) {
    double batchBytes = Batches.sizeOf(recordsPerBatch);
    return Schedule.perSecond(megabytesPerSecond * 1e6 / batchBytes, startNs);
  }

  void connect(Clients clients, int connections, int inFlight, int threads) throws IOException {
    ByteBuffer batch = batch();
    clients.connect(
        leaders,
        connections,
        inFlight,
        threads,
        Long.MAX_VALUE,
        i -> exchange(batch, rotation(i, connections), inFlight, false));
  }

  void connectPaced(
      Clients clients, int connections, int inFlight, Schedule schedule, boolean stamped)
      throws IOException {
    ByteBuffer batch = batch();
    clients.connectPaced(
        leaders,
        connections,
        inFlight,
        schedule,
        i -> exchange(batch, rotation(i, connections), inFlight, stamped));
  }

  private ByteBuffer batch() {
    return Batches.batch(recordsPerBatch, System.currentTimeMillis());
  }

  private ProduceExchange exchange(
      ByteBuffer batch, Rotation partitions, int inFlight, boolean stamped) {
    return new ProduceExchange(topic, partitions, acks, batch, inFlight, stamped);
  }

  private Rotation rotation(int connection, int connections) {
    int partitions = leaders.size();
    return partitions <= connections
        ? Rotation.only(connection % partitions)
        : Rotation.all((int) ((long) connection * partitions / connections), partitions);
  }
}
