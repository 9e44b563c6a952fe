package io.tailrace.bench.group;

import io.tailrace.bench.load.Caller;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A group with all its members at work. For one thread, which changes the members and waits until
 * the partitions are shared out among them. Closing ends the members without a word to the broker.
 */
public final class RunningGroup implements AutoCloseable {
  private static final int LIMIT_SECONDS = 60;

  private final GroupTerms terms;
  private final Ownership ownership;
  private final BrokerTime brokerTime = new BrokerTime();
  private final List<Member> members = new ArrayList<>();
  private final List<Member> joining = new ArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * How long a change of the members has taken, from when it began until all partitions were with
   * their new owners.
   *
   * @param totalMs all of it
   * @param brokerMs of that, the time in which the members were waiting for the broker: consumer
   *     protocol: a request was in flight; classic: the same, since the last member joined
   */
  public record Rebalance(double totalMs, double brokerMs) {}

  public RunningGroup(GroupTerms terms) {
    this.terms = terms;
    this.ownership = new Ownership(terms.partitions());
  }

  /**
   * Connects so many more. Each waits until the broker has taken up its connection: of more than 50
   * that come faster than that, a broker's socket loses some, and they come a second late.
   */
  public void connect(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      Caller caller = new Caller(terms.broker());
      joining.add(newMember(caller));
      caller.apiVersions();
    }
  }

  private Member newMember(Caller caller) {
    return switch (terms.protocol()) {
      case CLASSIC -> new ClassicMember(terms, caller, ownership, brokerTime);
      case CONSUMER -> new ConsumerMember(terms, caller, ownership, brokerTime);
    };
  }

  /** Those that are connected join, all at once. */
  public Rebalance join() throws InterruptedException {
    List<Member> now = List.copyOf(joining);
    joining.clear();
    members.addAll(now);
    return rebalance(() -> now.forEach(threads::execute));
  }

  /** The one that joined last leaves. */
  public Rebalance leave() throws InterruptedException {
    Member last = members.removeLast();
    return rebalance(() -> last.end(true));
  }

  private Rebalance rebalance(Runnable change) throws InterruptedException {
    ownership.expect(members.size());
    brokerTime.restart();
    long startNs = System.nanoTime();
    change.run();
    long endNs = ownership.await(LIMIT_SECONDS);
    return new Rebalance((endNs - startNs) / 1e6, brokerTime.untilNs(endNs) / 1e6);
  }

  /** Of all members. */
  public List<Membership> memberships() {
    return members.stream().map(Member::membership).toList();
  }

  @Override
  public void close() throws InterruptedException {
    members.forEach(member -> member.end(false));
    threads.shutdown();
    if (!threads.awaitTermination(1, TimeUnit.SECONDS)) {
      threads.shutdownNow();
      threads.awaitTermination(LIMIT_SECONDS, TimeUnit.SECONDS);
    }
  }
}
