package io.tailrace.bench;

import static io.tailrace.bench.Overrides.or;

import io.tailrace.bench.group.GroupAdmin;
import io.tailrace.protocol.ApiKey;
import java.util.Set;

/**
 * Commits of offsets by groups without members, each on a connection of its own and one at a time.
 *
 * @param partitions that each request commits
 */
record CommitWorkload(String number, String name, String purpose, int groups, int partitions)
    implements Workload {

  @Override
  public CommitWorkload with(Overrides other) {
    return new CommitWorkload(
        number, name, purpose, or(other.connections(), groups), or(other.partitions(), partitions));
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
    return "%s: %d groups × %d offsets, one request in flight each"
        .formatted(purpose, groups, partitions);
  }
}
