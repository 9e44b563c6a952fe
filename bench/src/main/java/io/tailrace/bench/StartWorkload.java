package io.tailrace.bench;

/**
 * From starting the process until it answers ApiVersions; its memory when it has nothing to do.
 *
 * @param partitions that are there when it starts, all without records
 */
record StartWorkload(String number, String name, String purpose, int partitions)
    implements Workload {

  @Override
  public StartWorkload with(Overrides other) {
    return this;
  }

  @Override
  public boolean produces() {
    return false;
  }

  @Override
  public String explanation() {
    return partitions == 0 ? purpose : "%s: %,d".formatted(purpose, partitions);
  }
}
