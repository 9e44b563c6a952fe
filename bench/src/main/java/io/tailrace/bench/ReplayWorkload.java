package io.tailrace.bench;

import io.tailrace.bench.group.GroupAdmin;
import io.tailrace.protocol.ApiKey;
import java.util.Set;

/**
 * From starting a broker that was killed until it serves all groups again, of which each has
 * committed an offset in every partition of a topic.
 */
record ReplayWorkload(String number, String name, String purpose, int groups, int partitions)
    implements Workload {

  @Override
  public ReplayWorkload with(Overrides other) {
    return this;
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
    return "%s: %,d groups × %,d partitions".formatted(purpose, groups, partitions);
  }
}
