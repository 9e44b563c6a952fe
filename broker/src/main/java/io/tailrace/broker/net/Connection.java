package io.tailrace.broker.net;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection. Belongs to one event loop; unless a method says otherwise, it may be
 * used only on that loop's thread.
 *
 * <p>Requests are handed out as they arrive, and answered in that order. Reading stops while {@link
 * #MAX_UNANSWERED} requests or {@link #MAX_UNANSWERED_BYTES} of them are open or {@link
 * #MAX_UNSENT_BYTES} of answers unsent, and goes on at half of that. An answer is encoded only
 * below that mark, so a client that does not read holds at most the mark, one response, and its
 * open requests or their unencoded answers.
 *
 * <p>When the peer has ended its side, the answers that are complete at the end of that turn are
 * still sent; then the connection closes.
 */
public final class Connection {
  static final int MAX_UNANSWERED = 256;

  /** More than clients have in flight by default: five produce requests of 1 MB. */
  static final int MAX_UNANSWERED_BYTES = 8 << 20;

  static final int MAX_UNSENT_BYTES = 64 << 10;

  /** Requests in a row that can wait, after which the next are taken to be such, too. */
  private static final int ENOUGH_UNHURRIED = 2;

  /** Sent per connection and turn before others have their go. */
  private static final int MAX_SENT_PER_TURN = 2 << 20;

  private static final Logger LOG = System.getLogger(Connection.class.getName());

  private final long id;
  private final int listener;
  private final EventLoop loop;
  private final SocketChannel channel;
  private final InetSocketAddress remoteAddress;
  private final int requestMaxBytes;
  private final FrameInput input;
  private final ResponseOrder responses = new ResponseOrder();
  private final OutputQueue output;
  private final Runnable flushLater = this::flushInThisTurn;
  private @Nullable SelectionKey key;
  private @Nullable SelectionKey laneKey;
  private @Nullable Object attachment;

  private int interestOps;
  private int readyOps;
  private int unhurriedInARow;
  private boolean inLane;
  private long lastActivityNs;
  private boolean inFlushList;
  private boolean writable;
  private boolean paused;
  private boolean resuming;
  private boolean readingStopped;
  private boolean peerEnded;
  private boolean violated;
  private boolean failed;

  Connection(
      long id,
      int listener,
      EventLoop loop,
      SocketChannel channel,
      InetSocketAddress remoteAddress,
      NetworkSettings settings,
      InputBudget budget) {
    this.id = id;
    this.listener = listener;
    this.loop = loop;
    this.channel = channel;
    this.remoteAddress = remoteAddress;
    requestMaxBytes = settings.requestMaxBytes();
    int firstMaxBytes = Math.min(settings.firstRequestMaxBytes(), requestMaxBytes);
    input = new FrameInput(this, loop.buffers(), budget, firstMaxBytes);
    output =
        new OutputQueue(
            loop.buffers(), new ColdReads(loop.coldReaders(), loop, this::flushInThisTurn));
  }

  /** Unique in the life of the server. From any thread. */
  public long id() {
    return id;
  }

  /** Which of the server's addresses the client connected to, counted from 0. From any thread. */
  public int listener() {
    return listener;
  }

  /** The client's address. From any thread. */
  public InetSocketAddress remoteAddress() {
    return remoteAddress;
  }

  /** The loop that owns this connection. From any thread. */
  public EventLoop loop() {
    return loop;
  }

  /** What {@link #attach} was given last: the upper layer's state of this session. */
  public @Nullable Object attachment() {
    return attachment;
  }

  public void attach(@Nullable Object state) {
    attachment = state;
  }

  /**
   * A valid first request has come, after authentication where that is asked for: from now on
   * frames may have {@code requestMaxBytes}.
   */
  public void liftFrameCap() {
    input.frameMaxBytes(requestMaxBytes);
  }

  /**
   * Whether the request at hand is one that could have waited for a few milliseconds. Connections
   * that send nothing else are served in the {@link UnhurriedLane}.
   */
  public void requestCanWait(boolean canWait) {
    if (!canWait) {
      unhurriedInARow = 0;
    } else if (unhurriedInARow < ENOUGH_UNHURRIED) {
      unhurriedInARow++;
    } else {
      loop.lane().count();
    }
  }

  /**
   * Takes no more requests, and closes the connection when those it has are answered. From any
   * thread.
   */
  void stopReading() {
    if (!loop.isCurrentThread()) {
      loop.execute(this::stopReading);
    } else if (!failed) {
      readingStopped = true;
      loop.settleInput(this);
      flushInThisTurn();
    }
  }

  /** An answer has been completed. From any thread. */
  void responseSettled() {
    if (loop.isCurrentThread()) {
      flushInThisTurn();
    } else {
      loop.execute(flushLater);
    }
  }

  private void flushInThisTurn() {
    if (!inFlushList && key != null) {
      inFlushList = true;
      loop.flush(this);
    }
  }

  void register(Selector selector, long nowNs) throws ClosedChannelException {
    lastActivityNs = nowNs;
    interestOps = SelectionKey.OP_READ;
    key = channel.register(selector, interestOps, this);
  }

  /** The selector has found the socket ready for something. */
  void selected(int ops) {
    readyOps = ops;
  }

  /** Does what the socket is ready for. */
  void ready(long nowNs) throws IOException {
    if ((readyOps & SelectionKey.OP_WRITE) != 0) {
      writable = true;
      flushInThisTurn();
    }
    if ((readyOps & SelectionKey.OP_READ) != 0 && wantsToRead()) {
      loop.settleInput(this);
      int n = input.read(channel);
      if (n > 0) {
        lastActivityNs = nowNs;
        processFrames();
      } else if (n < 0) {
        peerEnded = true;
        stopReading();
      }
    }
  }

  /** Goes on with frames that have arrived before reading was paused. */
  void resume() throws IOException {
    resuming = false;
    loop.settleInput(this);
    processFrames();
  }

  private void processFrames() throws IOException {
    flushInThisTurn();
    while (!readingStopped && !updatePaused()) {
      ByteBuffer frame = nextFrame();
      if (frame == null) {
        return;
      }
      loop.process(frame, responses.append(this, frame.remaining()));
      encodeSettled();
    }
  }

  private @Nullable ByteBuffer nextFrame() {
    try {
      return input.next();
    } catch (FrameException e) {
      responses.append(this, 0).closeConnection(String.valueOf(e.getMessage()));
      return null;
    }
  }

  private boolean updatePaused() {
    int shift = paused ? 1 : 0;
    paused =
        responses.size() >= MAX_UNANSWERED >> shift
            || responses.requestBytes() >= MAX_UNANSWERED_BYTES >> shift
            || output.unsentBytes() >= MAX_UNSENT_BYTES >> shift;
    return paused;
  }

  /** Encodes the answers whose turn has come, as long as there is room. */
  private void encodeSettled() throws IOException {
    while (!violated && output.unsentBytes() < MAX_UNSENT_BYTES) {
      Object outcome = responses.pollOutcome();
      if (outcome == null) {
        return;
      }
      if (outcome instanceof ResponseEncoder response) {
        output.add(response, loop.writer());
      } else if (outcome instanceof PendingResponse.Violation violation) {
        violated = true;
        LOG.log(Level.INFO, "closing {0}: {1}", this, violation.reason());
      }
    }
  }

  /** Sends what can be sent, and sees what to wait for next. */
  void flush(long nowNs) throws IOException {
    inFlushList = false;
    if (failed) {
      return;
    }
    encodeSettled();
    long sent = 0;
    while (!output.isEmpty() && sent < MAX_SENT_PER_TURN) {
      sent += output.send(channel, MAX_SENT_PER_TURN - sent, writable);
      writable = false;
      if (!output.isEmpty()) {
        break;
      }
      encodeSettled();
    }
    if (sent > 0) {
      lastActivityNs = nowNs;
    }
    if (output.isEmpty() && isFinished()) {
      fail();
    } else {
      watch();
    }
  }

  private boolean isFinished() {
    return violated || peerEnded || (readingStopped && responses.size() == 0);
  }

  /** Tells the selector what to wait for, and the loop if buffered frames can go on. */
  private void watch() {
    if (paused && !updatePaused() && !readingStopped && input.hasRest()) {
      resuming = true;
      loop.resume(this);
    }
    int ops =
        (wantsToRead() ? SelectionKey.OP_READ : 0)
            | (output.awaitsSocket() ? SelectionKey.OP_WRITE : 0);
    changeLane(ops == SelectionKey.OP_READ && isUnhurried());
    int opsHere = inLane ? 0 : ops;
    if (opsHere != interestOps && key != null) {
      interestOps = opsHere;
      key.interestOps(opsHere);
    }
  }

  /** What has arrived in part may be a large frame: its rest must not come by the lane. */
  private boolean isUnhurried() {
    return unhurriedInARow == ENOUGH_UNHURRIED && !input.hasRest() && loop.lane().isOpen();
  }

  boolean isInLane() {
    return inLane;
  }

  private void changeLane(boolean enters) {
    if (enters && !inLane) {
      laneKey = loop.lane().enter(this, channel, laneKey);
    } else if (!enters && inLane && laneKey != null) {
      loop.lane().leave(laneKey);
    }
    inLane = enters;
  }

  private boolean wantsToRead() {
    return !readingStopped && !paused && !resuming && !failed && !input.awaitsBudget();
  }

  /** The turn is over: the frames handed out in it are dealt with. */
  void settleInput(long nowNs) {
    if (readingStopped || failed) {
      input.close();
    } else {
      input.settle(nowNs);
      watch();
    }
  }

  /** There may be room for a large frame. */
  void budgetFreed() {
    if (!failed && input.retryBudget(loop.nowNs())) {
      watch();
    }
  }

  /** Closes the connection if nothing has moved for too long, and leaves a lane that has shut. */
  void sweep(long nowNs, long maxIdleNs) {
    if (nowNs - lastActivityNs >= maxIdleNs) {
      LOG.log(Level.DEBUG, "closing {0}: idle", this);
      fail();
    } else if (input.blocksOthers(nowNs)) {
      LOG.log(Level.INFO, "closing {0}: its large request hardly grows, and others wait", this);
      fail();
    } else if (inLane) {
      watch();
    }
  }

  /** Closes the connection at the end of this turn, because of an error. */
  void fail(Throwable cause) {
    if (cause instanceof IOException) {
      LOG.log(Level.DEBUG, () -> "closing " + this + ": " + cause);
    } else {
      LOG.log(Level.ERROR, "closing " + this + ": its request met an unexpected error", cause);
    }
    fail();
  }

  /** Closes the connection at the end of this turn; its frames stay valid until then. */
  void fail() {
    if (!failed) {
      failed = true;
      readingStopped = true;
      loop.close(this);
    }
  }

  /** Ends it all. Called once, by the loop. */
  void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "closing " + this, e);
    }
    if (laneKey != null) {
      loop.lane().forget(inLane);
    }
    input.close();
    output.close();
    responses.close();
    key = null;
  }

  /** For log lines: id and the client's address. */
  @Override
  public String toString() {
    return "connection " + id + " from " + remoteAddress;
  }
}
