package io.tailrace.coordinator.group;

/**
 * Where a classic group stands.
 *
 * <pre>
 * Empty, CompletingRebalance, Stable → PreparingRebalance   members come, change or go
 * PreparingRebalance → CompletingRebalance                  all have joined, or their time is up
 * PreparingRebalance → Empty                                none is left
 * CompletingRebalance → Stable                              the leader's assignment is in the log
 * any → Dead                                                deleted, or another coordinator's
 * </pre>
 */
enum ClassicState {
  EMPTY("Empty"),
  PREPARING_REBALANCE("PreparingRebalance"),
  COMPLETING_REBALANCE("CompletingRebalance"),
  STABLE("Stable"),
  DEAD("Dead");

  private final String kafkaName;

  ClassicState(String kafkaName) {
    this.kafkaName = kafkaName;
  }

  /** As admin clients show it. */
  String kafkaName() {
    return kafkaName;
  }
}
