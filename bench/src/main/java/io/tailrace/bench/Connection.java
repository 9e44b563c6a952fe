package io.tailrace.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * A socket that keeps a fixed number of requests in flight. Requests that become free to go in one
 * turn leave in one gathered write. Used by one client thread.
 */
final class Connection implements AutoCloseable {
  /** Small enough to stay in a core's L2 cache while fetched bytes stream through it. */
  private static final int RECEIVE_BUFFER_BYTES = 256 << 10;

  private final SocketChannel channel;
  private final SelectionKey key;
  private final Exchange exchange;
  private final ByteBuffer in = ByteBuffer.allocateDirect(RECEIVE_BUFFER_BYTES);
  private final ByteBuffer[] unsent;
  private int unsentCount;
  private final long[] sentNs;
  private int sent;
  private int answered;
  private long requestsLeft;

  /**
   * @param requests how many to send before it is {@link #isIdle idle}
   */
  Connection(
      InetSocketAddress broker, Exchange exchange, int inFlight, long requests, Selector selector)
      throws IOException {
    this.exchange = exchange;
    this.unsent = new ByteBuffer[inFlight];
    this.sentNs = new long[inFlight];
    this.requestsLeft = requests;
    this.channel = SocketChannel.open(broker);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    this.key = channel.register(selector, SelectionKey.OP_READ, this);
  }

  /** Sends no further requests; those in flight may still be answered. */
  void stop() {
    requestsLeft = 0;
  }

  boolean isIdle() {
    return requestsLeft == 0 && sent == answered;
  }

  void receive(Tally tally) throws IOException {
    if (channel.read(in) < 0) {
      throw new EOFException("the broker closed the connection (see its log)");
    }
    long nowNs = System.nanoTime();
    in.flip();
    while (in.hasRemaining() && exchange.receive(in, answered)) {
      int slot = Integer.remainderUnsigned(answered, sentNs.length);
      tally.answered(sentNs[slot], nowNs, exchange.answeredRecords(), exchange.answeredBytes());
      answered++;
    }
    in.compact();
  }

  /** Puts as many requests in flight as may be, and writes what the socket takes. */
  void send(long nowNs) throws IOException {
    while (requestsLeft > 0 && sent - answered < sentNs.length) {
      unsent[unsentCount++] = exchange.nextRequest(sent);
      sentNs[Integer.remainderUnsigned(sent, sentNs.length)] = nowNs;
      sent++;
      requestsLeft--;
    }
    if (unsentCount > 0) {
      channel.write(unsent, 0, unsentCount);
      dropWritten();
    }
    int wanted =
        unsentCount == 0 ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE;
    if (key.interestOps() != wanted) {
      key.interestOps(wanted);
    }
  }

  private void dropWritten() {
    int written = 0;
    while (written < unsentCount && !unsent[written].hasRemaining()) {
      written++;
    }
    unsentCount -= written;
    System.arraycopy(unsent, written, unsent, 0, unsentCount);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
