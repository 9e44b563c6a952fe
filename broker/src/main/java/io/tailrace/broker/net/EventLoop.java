package io.tailrace.broker.net;

import io.tailrace.env.Clock;
import io.tailrace.env.Threads;
import io.tailrace.protocol.ProtocolWriter;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One thread that serves some of the connections, each from its first byte to its last. What is
 * public may be called from any thread; all else only on the loop's own.
 *
 * <p>A turn: spin ({@link IdleSpin}) or wait for sockets, tasks or a deadline; read the clock,
 * once; read from each ready connection, once, and process its frames, every few milliseconds also
 * from those in the {@link UnhurriedLane}; run tasks; {@link RequestProcessor#endOfTurn}; send;
 * make room for more input; close what has failed. Nothing is closed, and no frame moved, before
 * endOfTurn, so what it gathered is still there. Deadlines are met a millisecond and a turn late at
 * most.
 */
public final class EventLoop implements Executor {
  private static final Logger LOG = System.getLogger(EventLoop.class.getName());

  /** Buffers taken in a turn after which it ends early, to be reused for those not yet served. */
  private static final long MAX_BYTES_PER_TURN = 16 << 20;

  private static final long FOREVER = Long.MAX_VALUE;
  private static final long SWEEP_NS = TimeUnit.SECONDS.toNanos(1);

  private final Clock clock;
  private final NetworkSettings settings;
  private final InputBudget budget;
  private final ConnectionLimits limits;
  private final Executor coldReaders;
  private final RequestProcessor processor;
  private final Selector selector;
  private final UnhurriedLane lane;
  private final BufferPool buffers = new BufferPool();
  private final ProtocolWriter writer = new ProtocolWriter();
  private final long maxIdleNs;
  private final long sweepIntervalNs;

  private final TaskQueue tasks;
  private volatile @Nullable Thread thread;
  private volatile boolean ended;

  private final Consumer<SelectionKey> collectReady = this::collectReady;
  private final List<Connection> ready = new ArrayList<>();
  private final List<Connection> toResume = new ArrayList<>();
  private final List<Connection> toFlush = new ArrayList<>();
  private final List<Connection> toSettle = new ArrayList<>();
  private final List<Connection> toClose = new ArrayList<>();
  private final IdleSpin spin;
  private int requests;
  private boolean worked;
  private int open;
  private long nowNs;
  private long bytesAtStartOfTurn;
  private long nextSweepNs;
  private boolean draining;
  private long drainDeadlineNs;

  EventLoop(
      Clock clock,
      NetworkSettings settings,
      InputBudget budget,
      ConnectionLimits limits,
      Semaphore spinners,
      Executor coldReaders,
      RequestProcessor.Factory processors)
      throws IOException {
    this.clock = clock;
    this.spin = new IdleSpin(clock, spinners);
    this.settings = settings;
    this.budget = budget;
    this.limits = limits;
    this.coldReaders = coldReaders;
    long maxIdleMs = settings.connectionsMaxIdleMs();
    maxIdleNs = maxIdleMs < 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(maxIdleMs);
    sweepIntervalNs = Math.clamp(maxIdleNs / 4, 1, SWEEP_NS);
    selector = Selector.open();
    lane = new UnhurriedLane();
    tasks = new TaskQueue(selector);
    processor = processors.create(this);
  }

  Thread start(String name) {
    return Threads.start(name, this::run);
  }

  /** Runs a task in the loop's next turn; never, if the loop has ended. */
  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  /** Whether the caller is the loop's own thread. */
  public boolean isCurrentThread() {
    return Thread.currentThread() == thread;
  }

  /** Takes over an accepted, admitted connection; false if the loop has ended. From any thread. */
  boolean add(SocketChannel channel, InetSocketAddress remoteAddress, long id, int listener) {
    if (ended) {
      return false;
    }
    Connection connection =
        new Connection(id, listener, this, channel, remoteAddress, settings, budget);
    execute(() -> register(connection));
    return true;
  }

  /** Serves what it has for at most so long, then closes all and ends. From any thread. */
  void close(long drainNs) {
    execute(() -> drain(drainNs));
  }

  /** Threads that wait for the disk in place of this one. */
  Executor coldReaders() {
    return coldReaders;
  }

  BufferPool buffers() {
    return buffers;
  }

  ProtocolWriter writer() {
    return writer;
  }

  UnhurriedLane lane() {
    return lane;
  }

  void process(ByteBuffer frame, PendingResponse response) {
    requests++;
    processor.process(frame, response, nowNs);
  }

  long nowNs() {
    return nowNs;
  }

  void resume(Connection connection) {
    toResume.add(connection);
  }

  void flush(Connection connection) {
    toFlush.add(connection);
  }

  void settleInput(Connection connection) {
    toSettle.add(connection);
  }

  void close(Connection connection) {
    toClose.add(connection);
  }

  private void run() {
    thread = Thread.currentThread();
    nowNs = clock.nanoTime();
    nextSweepNs = nowNs + sweepIntervalNs;
    lane.start(nowNs);
    try {
      while (!draining || (open > 0 && nowNs - drainDeadlineNs < 0)) {
        turn();
      }
    } catch (Throwable t) {
      LOG.log(Level.ERROR, "an event loop ends, and its connections with it", t);
    } finally {
      end();
    }
  }

  private void turn() throws IOException {
    ready.clear();
    long waitNs = hasMoreToDo() ? 0 : waitNs();
    if (waitNs <= 0 || !spin.find(tasks, collectReady, ready)) {
      tasks.select(collectReady, waitNs);
    }
    long lastNs = nowNs;
    nowNs = clock.nanoTime();
    spin.turned(nowNs - lastNs, requests);
    requests = 0;
    serveReady();
    if (lane.isDue(nowNs)) {
      serveLane();
    }
    resumePaused();
    worked |= tasks.run();
    meetDeadline();
    sweep();
    endTurn();
  }

  private boolean hasMoreToDo() {
    return worked || !toResume.isEmpty() || !toFlush.isEmpty() || !toClose.isEmpty();
  }

  private long waitNs() {
    long deadlineNs = processor.nextDeadlineNs();
    long waitNs = deadlineNs == FOREVER ? FOREVER : deadlineNs - nowNs;
    if (open > 0) {
      waitNs = Math.min(waitNs, Math.min(nextSweepNs - nowNs, lane.waitNs(nowNs)));
    }
    return draining ? Math.min(waitNs, drainDeadlineNs - nowNs) : waitNs;
  }

  private void collectReady(SelectionKey key) {
    Connection connection = (Connection) key.attachment();
    connection.selected(key.readyOps());
    ready.add(connection);
  }

  private void serveReady() {
    for (int i = 0; i < ready.size(); i++) {
      Connection connection = ready.get(i);
      worked = true;
      try {
        connection.ready(nowNs);
      } catch (Throwable t) {
        connection.fail(t);
      }
      if (buffers.usedBytes() - bytesAtStartOfTurn > MAX_BYTES_PER_TURN) {
        endTurn();
      }
    }
  }

  private void serveLane() throws IOException {
    int requestsOfOthers = requests;
    ready.clear();
    lane.look(collectReady, nowNs);
    serveReady();
    // Whether to spin is for the others to say.
    requests = requestsOfOthers;
  }

  private void resumePaused() {
    for (int i = toResume.size(); i > 0; i--) {
      Connection connection = toResume.remove(toResume.size() - 1);
      worked = true;
      try {
        connection.resume();
      } catch (Throwable t) {
        connection.fail(t);
      }
    }
  }

  private void meetDeadline() {
    long deadlineNs = processor.nextDeadlineNs();
    if (deadlineNs == FOREVER || deadlineNs - nowNs > 0) {
      return;
    }
    worked = true;
    try {
      processor.onDeadline(nowNs);
    } catch (Throwable t) {
      LOG.log(Level.ERROR, "parked requests met an unexpected error at their deadline", t);
    }
  }

  private void sweep() {
    if (nowNs - nextSweepNs < 0) {
      return;
    }
    nextSweepNs = nowNs + sweepIntervalNs;
    lane.review(nowNs);
    for (SelectionKey key : selector.keys()) {
      ((Connection) key.attachment()).sweep(nowNs, maxIdleNs);
    }
  }

  private void endTurn() {
    if (worked) {
      worked = false;
      finishProcessing();
    }
    flushAll();
    for (int i = 0; i < toSettle.size(); i++) {
      settle(toSettle.get(i));
    }
    toSettle.clear();
    for (int i = 0; i < toClose.size(); i++) {
      end(toClose.get(i));
    }
    toClose.clear();
    bytesAtStartOfTurn = buffers.usedBytes();
  }

  private void finishProcessing() {
    try {
      processor.endOfTurn(nowNs);
    } catch (Throwable t) {
      LOG.log(Level.ERROR, "closing the connections of a turn that failed", t);
      toSettle.forEach(Connection::fail);
    }
  }

  private void flushAll() {
    for (int i = 0; i < toFlush.size(); i++) {
      Connection connection = toFlush.get(i);
      try {
        connection.flush(nowNs);
      } catch (Throwable t) {
        connection.fail(t);
      }
    }
    toFlush.clear();
  }

  private void settle(Connection connection) {
    try {
      connection.settleInput(nowNs);
    } catch (Throwable t) {
      connection.fail(t);
    }
  }

  private void register(Connection connection) {
    open++;
    try {
      connection.register(selector, nowNs);
      if (draining) {
        connection.fail();
      }
    } catch (IOException e) {
      connection.fail(e);
    }
  }

  private void end(Connection connection) {
    open--;
    limits.closed(connection.remoteAddress().getAddress());
    connection.close();
    worked = true;
    try {
      processor.connectionClosed(connection);
    } catch (Throwable t) {
      LOG.log(Level.ERROR, "clearing up after " + connection + " failed", t);
    }
  }

  private void drain(long drainNs) {
    draining = true;
    drainDeadlineNs = nowNs + drainNs;
    try {
      processor.drain();
    } catch (Throwable t) {
      LOG.log(Level.ERROR, "parked requests met an unexpected error at the end", t);
    }
    for (SelectionKey key : selector.keys()) {
      ((Connection) key.attachment()).stopReading();
    }
  }

  private void end() {
    draining = true;
    ended = true;
    tasks.run();
    for (SelectionKey key : selector.keys()) {
      ((Connection) key.attachment()).fail();
    }
    endTurn();
    try {
      selector.close();
      lane.close();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "closing a selector", e);
    }
    buffers.close();
  }
}
