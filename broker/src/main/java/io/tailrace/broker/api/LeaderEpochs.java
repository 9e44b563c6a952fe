package io.tailrace.broker.api;

import io.tailrace.broker.partition.Partition;
import io.tailrace.protocol.ErrorCode;

/** Compares the leader epoch that a client believes in with the partition's (KIP-320). */
final class LeaderEpochs {
  private LeaderEpochs() {}

  /**
   * @param clientEpoch −1 if the client does not know
   */
  static ErrorCode check(int clientEpoch, Partition partition) {
    if (clientEpoch < 0 || clientEpoch == partition.leaderEpoch()) {
      return ErrorCode.NONE;
    }
    return clientEpoch < partition.leaderEpoch()
        ? ErrorCode.FENCED_LEADER_EPOCH
        : ErrorCode.UNKNOWN_LEADER_EPOCH;
  }
}
