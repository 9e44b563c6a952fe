package io.tailrace.bench;

import static io.tailrace.bench.Overrides.or;

import io.tailrace.bench.group.GroupProtocol;
import io.tailrace.protocol.ApiKey;
import java.util.Set;

/**
 * Heartbeats of the members of stable groups, at even distances, so that each arrives by itself.
 *
 * @param connections that the members are spread over
 * @param ownSeconds how long it is measured
 */
record HeartbeatWorkload(
    String number,
    String name,
    String purpose,
    GroupProtocol protocol,
    int groups,
    int membersPerGroup,
    int connections,
    double ownSeconds)
    implements Workload {

  @Override
  public HeartbeatWorkload with(Overrides other) {
    return new HeartbeatWorkload(
        number,
        name,
        purpose,
        protocol,
        groups,
        membersPerGroup,
        or(other.connections(), connections),
        or(other.sustainSeconds(), ownSeconds));
  }

  double heartbeatsPerSecond() {
    return groups * membersPerGroup * 1000.0 / protocol.intervalMs();
  }

  @Override
  public double seconds(double usual) {
    return ownSeconds;
  }

  @Override
  public boolean produces() {
    return false;
  }

  /** No more than that, so that the floor can be asked, too. */
  @Override
  public Set<ApiKey> needs() {
    return Set.of(protocol.heartbeatKey());
  }

  @Override
  public String explanation() {
    return "%s: %,d groups × %d members, every %d s, %d connections"
        .formatted(purpose, groups, membersPerGroup, protocol.intervalMs() / 1000, connections);
  }
}
