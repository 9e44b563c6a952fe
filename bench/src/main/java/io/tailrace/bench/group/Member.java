package io.tailrace.bench.group;

import io.tailrace.bench.load.Caller;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.Message;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A member of a group, with a thread and a connection of its own. It tells at once what there is to
 * tell, as real clients do, and else pauses between heartbeats. It ends in a pause: leaving the
 * group, or just silent.
 */
abstract class Member implements Runnable {
  private final GroupTerms terms;
  private final Caller caller;
  private final Ownership ownership;
  private final BrokerTime brokerTime;
  private final CountDownLatch end = new CountDownLatch(1);
  private volatile boolean leaves;

  /**
   * @param caller the member's own connection, which it closes at its end
   */
  Member(GroupTerms terms, Caller caller, Ownership ownership, BrokerTime brokerTime) {
    this.terms = terms;
    this.caller = caller;
    this.ownership = ownership;
    this.brokerTime = brokerTime;
  }

  final GroupTerms terms() {
    return terms;
  }

  final Ownership ownership() {
    return ownership;
  }

  final BrokerTime brokerTime() {
    return brokerTime;
  }

  /** Valid once it has partitions. Any thread may call it. */
  abstract Membership membership();

  /** Joins, and stays until it is to end. */
  abstract void takePart() throws IOException, InterruptedException;

  abstract void leave() throws IOException;

  @Override
  public final void run() {
    try (caller) {
      takePart();
      if (leaves) {
        ownership.gaveUp(this);
        leave();
      }
    } catch (InterruptedException e) {
      // its group is no longer needed
    } catch (IOException | RuntimeException e) {
      ownership.failed(String.valueOf(e.getMessage()));
    }
  }

  /** Makes it end. Any thread may call it. */
  final void end(boolean leaving) {
    leaves = leaving;
    end.countDown();
  }

  /**
   * Waits for the next heartbeat.
   *
   * @return whether it is to end instead
   */
  final boolean pause(int ms) throws InterruptedException {
    return end.await(Math.min(ms, terms.longestPauseMs()), TimeUnit.MILLISECONDS);
  }

  final <R extends Message> R ask(ApiKey api, short version, Message request, R response)
      throws IOException {
    brokerTime.asked();
    try {
      return caller.call(api, version, request, response);
    } finally {
      brokerTime.answered();
    }
  }
}
