package io.tailrace.broker.api;

/**
 * What a client may do, as a bit for each code of Kafka's AclOperation (KIP-430). Nobody is refused
 * anything yet, so it is all that Kafka defines for the kind of resource.
 */
final class AuthorizedOperations {
  /** READ, WRITE, CREATE, DELETE, ALTER, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS. */
  static final int TOPIC = 0b1101_1111_1000;

  /** CREATE, ALTER, DESCRIBE, CLUSTER_ACTION, DESCRIBE_CONFIGS, ALTER_CONFIGS, IDEMPOTENT_WRITE. */
  static final int CLUSTER = 0b1_1111_1010_0000;

  /** READ, DELETE, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS. */
  static final int GROUP = 0b1101_0100_1000;

  private AuthorizedOperations() {}
}
