package io.tailrace.broker.net;

import java.net.InetAddress;
import java.util.Map;

/**
 * What can be set about the network; in comments, Kafka's names.
 *
 * @param eventLoops threads that serve connections ({@code num.network.threads})
 * @param requestMaxBytes largest frame without its length prefix ({@code socket.request.max.bytes})
 * @param firstRequestMaxBytes the same until {@link Connection#liftFrameCap}. Most clients begin
 *     with an ApiVersions request of under 100 bytes, but some (kafka-python on each further
 *     connection) with a produce request: it must allow for the largest batch
 * @param inputBudgetBytes memory for incomplete and just arrived frames over 64 KiB, all
 *     connections together; at least twice {@code requestMaxBytes}, so that the largest frame
 *     always finds room in the end (see {@link InputBudget})
 * @param maxConnections over all listeners ({@code max.connections})
 * @param maxConnectionsPerIp per client address ({@code max.connections.per.ip})
 * @param maxConnectionsPerIpOverrides ({@code max.connections.per.ip.overrides})
 * @param connectionsMaxIdleMs a connection on which no byte moves for so long is closed; negative:
 *     never ({@code connections.max.idle.ms})
 * @param sendBufferBytes of the socket, −1 leaves it to the OS, which then tunes it ({@code
 *     socket.send.buffer.bytes})
 * @param receiveBufferBytes likewise ({@code socket.receive.buffer.bytes})
 * @param listenBacklog connections not yet accepted ({@code socket.listen.backlog.size})
 * @param drainMs how long a closing server waits for open requests and unsent answers
 */
public record NetworkSettings(
    int eventLoops,
    int requestMaxBytes,
    int firstRequestMaxBytes,
    long inputBudgetBytes,
    int maxConnections,
    int maxConnectionsPerIp,
    Map<InetAddress, Integer> maxConnectionsPerIpOverrides,
    long connectionsMaxIdleMs,
    int sendBufferBytes,
    int receiveBufferBytes,
    int listenBacklog,
    long drainMs) {

  public NetworkSettings {
    check(eventLoops > 0, "num.network.threads must be at least 1");
    check(requestMaxBytes > 0, "socket.request.max.bytes must be at least 1");
    check(
        requestMaxBytes <= Integer.MAX_VALUE - 2 * FrameInput.LENGTH_BYTES,
        "socket.request.max.bytes must be at most 2147483639");
    check(firstRequestMaxBytes > 0, "the first request must be allowed at least 1 byte");
    check(
        inputBudgetBytes >= 2L * requestMaxBytes + 2 * BufferPool.LARGEST_POOLED,
        "the input budget must be at least twice socket.request.max.bytes and 2 MiB more");
    maxConnectionsPerIpOverrides = Map.copyOf(maxConnectionsPerIpOverrides);
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  /** Kafka's defaults, but OS-tuned socket buffers and a loop per core, at least 2. */
  public static NetworkSettings defaults() {
    return new NetworkSettings(
        Math.max(2, Runtime.getRuntime().availableProcessors()),
        100 << 20,
        2 << 20,
        256 << 20,
        Integer.MAX_VALUE,
        Integer.MAX_VALUE,
        Map.of(),
        600_000,
        -1,
        -1,
        50,
        5_000);
  }
}
