package io.tailrace.bench.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A socket that keeps a fixed number of requests in flight; with a schedule, at most that number,
 * and none before it is due. Requests that become free to go in one turn leave in one gathered
 * write. Used by one client thread.
 */
final class Connection implements AutoCloseable {
  /** Small enough to stay in a core's L2 cache while fetched bytes stream through it. */
  private static final int RECEIVE_BUFFER_BYTES = 256 << 10;

  private final SocketChannel channel;
  private final SelectionKey key;
  private final Exchange exchange;
  private @Nullable Schedule schedule;
  private final ByteBuffer in = ByteBuffer.allocateDirect(RECEIVE_BUFFER_BYTES);
  private final ByteBuffer[] unsent;
  private int unsentCount;

  /** When each request in flight was sent, or was due. */
  private final long[] timesNs;

  private long sent;
  private long answered;
  private long requests;

  /**
   * @param requests how many to send before it is {@link #isIdle idle}
   */
  Connection(
      InetSocketAddress broker, Exchange exchange, int inFlight, long requests, Selector selector)
      throws IOException {
    this.exchange = exchange;
    this.unsent = new ByteBuffer[inFlight];
    this.timesNs = new long[inFlight];
    this.requests = requests;
    this.channel = SocketChannel.open(broker);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    this.key = channel.register(selector, SelectionKey.OP_READ, this);
  }

  /** Sends nothing before it is due from now on. */
  void follow(Schedule share) {
    schedule = share;
  }

  /**
   * Sends no further requests but those that were due before {@code timeNs} and are late; those in
   * flight may still be answered.
   */
  void stop(long timeNs) {
    long due = schedule == null ? sent : schedule.countBefore(timeNs);
    requests = Math.min(requests, Math.max(sent, due));
  }

  boolean isIdle() {
    return sent >= requests && sent == answered;
  }

  void receive(Tally tally) throws IOException {
    if (channel.read(in) < 0) {
      throw new EOFException("the broker closed the connection (see its log)");
    }
    long nowNs = System.nanoTime();
    in.flip();
    while (in.hasRemaining() && exchange.receive(in, (int) answered)) {
      int records = exchange.answeredRecords();
      long bytes = exchange.answeredBytes();
      if (schedule == null) {
        tally.answered(timesNs[slot(answered)], nowNs, records, bytes);
      } else {
        tally.answeredOnSchedule(timesNs[slot(answered)], nowNs, records, bytes);
      }
      answered++;
    }
    in.compact();
  }

  /** Puts as many requests in flight as may be, and writes what the socket takes. */
  void send(long nowNs) throws IOException {
    while (sent < requests && sent - answered < timesNs.length && isDue(nowNs)) {
      long timeNs = schedule == null ? nowNs : schedule.dueNs(sent);
      unsent[unsentCount++] = exchange.nextRequest((int) sent, timeNs);
      timesNs[slot(sent)] = timeNs;
      sent++;
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

  private boolean isDue(long nowNs) {
    return schedule == null || schedule.dueNs(sent) - nowNs <= 0;
  }

  /** Counts what is still not answered as if it were now: it would take at least that long. */
  void giveUp(long nowNs, Tally tally) {
    if (schedule == null) {
      return;
    }
    for (; answered < requests; answered++) {
      tally.unanswered(schedule.dueNs(answered), nowNs);
    }
    sent = answered;
  }

  private int slot(long request) {
    return (int) (request % timesNs.length);
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
