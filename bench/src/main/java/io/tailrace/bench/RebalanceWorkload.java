package io.tailrace.bench;

import io.tailrace.bench.group.GroupAdmin;
import io.tailrace.bench.group.GroupProtocol;
import io.tailrace.protocol.ApiKey;
import java.util.Set;

/**
 * A large group of the consumers of one topic: all members join at once; then, with the group
 * stable, one more joins; then it leaves. It takes as long as it takes.
 */
record RebalanceWorkload(
    String number, String name, String purpose, GroupProtocol protocol, int members, int partitions)
    implements Workload {
  private static final double USUAL_SECONDS = 20;

  @Override
  public RebalanceWorkload with(Overrides other) {
    return this;
  }

  @Override
  public double seconds(double usual) {
    return USUAL_SECONDS;
  }

  @Override
  public boolean produces() {
    return false;
  }

  @Override
  public Set<ApiKey> needs() {
    return GroupAdmin.NEEDS;
  }

  @Override
  public String explanation() {
    return "%s: %d members, %,d partitions".formatted(purpose, members, partitions);
  }
}
