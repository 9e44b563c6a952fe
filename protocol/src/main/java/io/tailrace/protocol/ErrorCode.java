package io.tailrace.protocol;

/**
 * The error codes of the protocol. Retriable means that the same request may succeed later, and is
 * what Kafka's own clients go by.
 */
public enum ErrorCode {
  UNKNOWN_SERVER_ERROR(-1, false, "The broker failed unexpectedly; its log says why."),
  NONE(0, false, "No error."),
  OFFSET_OUT_OF_RANGE(1, false, "The offset is outside the partition's log."),
  CORRUPT_MESSAGE(2, true, "The batch is corrupt: its checksum, length or format is wrong."),
  UNKNOWN_TOPIC_OR_PARTITION(3, true, "This broker has no such topic or partition."),
  INVALID_FETCH_SIZE(4, false, "The fetch size is not valid."),
  LEADER_NOT_AVAILABLE(5, true, "The partition has no leader at the moment."),
  NOT_LEADER_OR_FOLLOWER(6, true, "This broker is not the leader or replica that is asked for."),
  REQUEST_TIMED_OUT(7, true, "The request was not completed in time."),
  BROKER_NOT_AVAILABLE(8, false, "The broker is not available."),
  REPLICA_NOT_AVAILABLE(9, true, "The replica of the partition is not available."),
  MESSAGE_TOO_LARGE(10, false, "The batch is larger than max.message.bytes allows."),
  STALE_CONTROLLER_EPOCH(11, false, "Another controller has taken over."),
  OFFSET_METADATA_TOO_LARGE(12, false, "The metadata of the offset commit is too long."),
  NETWORK_EXCEPTION(13, true, "The connection was lost before the response came."),
  COORDINATOR_LOAD_IN_PROGRESS(14, true, "The coordinator is still loading its state."),
  COORDINATOR_NOT_AVAILABLE(15, true, "The coordinator is not available."),
  NOT_COORDINATOR(16, true, "Another broker is the coordinator."),
  INVALID_TOPIC_EXCEPTION(17, false, "The topic's name is not valid, or the topic is internal."),
  RECORD_LIST_TOO_LARGE(18, false, "The batch is larger than a log segment may be."),
  NOT_ENOUGH_REPLICAS(19, true, "Fewer replicas are in sync than min.insync.replicas asks for."),
  NOT_ENOUGH_REPLICAS_AFTER_APPEND(
      20, true, "Written, but fewer replicas are in sync than min.insync.replicas asks for."),
  INVALID_REQUIRED_ACKS(21, false, "acks must be -1 (all), 0 or 1."),
  ILLEGAL_GENERATION(22, false, "The group is in another generation."),
  INCONSISTENT_GROUP_PROTOCOL(
      23, false, "The member has no protocol, or none that the group's members share."),
  INVALID_GROUP_ID(24, false, "The group id is not valid."),
  UNKNOWN_MEMBER_ID(25, false, "The group has no member with this id."),
  INVALID_SESSION_TIMEOUT(
      26,
      false,
      "The session timeout is outside group.min.session.timeout.ms to"
          + " group.max.session.timeout.ms."),
  REBALANCE_IN_PROGRESS(27, false, "The group rebalances: join it again."),
  INVALID_COMMIT_OFFSET_SIZE(28, false, "The offset commit is too large."),
  TOPIC_AUTHORIZATION_FAILED(29, false, "Access to the topic is denied."),
  GROUP_AUTHORIZATION_FAILED(30, false, "Access to the group is denied."),
  CLUSTER_AUTHORIZATION_FAILED(31, false, "Access to the cluster is denied."),
  INVALID_TIMESTAMP(32, false, "A record's timestamp is outside the topic's limits."),
  UNSUPPORTED_SASL_MECHANISM(33, false, "This SASL mechanism is not enabled."),
  ILLEGAL_SASL_STATE(34, false, "The request does not fit the state of the authentication."),
  UNSUPPORTED_VERSION(35, false, "This version of the request is not supported."),
  TOPIC_ALREADY_EXISTS(36, false, "There is a topic with this name already."),
  INVALID_PARTITIONS(37, false, "The number of partitions is not valid."),
  INVALID_REPLICATION_FACTOR(
      38, false, "The replication factor must be from 1 to the number of brokers."),
  INVALID_REPLICA_ASSIGNMENT(39, false, "The assignment of replicas is not valid."),
  INVALID_CONFIG(40, false, "The configuration is not valid."),
  NOT_CONTROLLER(41, true, "This broker is not the controller."),
  INVALID_REQUEST(42, false, "The request contradicts itself or the protocol."),
  UNSUPPORTED_FOR_MESSAGE_FORMAT(43, false, "The message format on disk does not allow this."),
  POLICY_VIOLATION(44, false, "The broker's policy does not allow this."),
  OUT_OF_ORDER_SEQUENCE_NUMBER(45, false, "The producer's sequence number leaves a gap."),
  DUPLICATE_SEQUENCE_NUMBER(46, false, "The producer's sequence number was used before."),
  INVALID_PRODUCER_EPOCH(47, false, "The producer's epoch is older than the current one."),
  INVALID_TXN_STATE(48, false, "The transaction's state does not allow this."),
  INVALID_PRODUCER_ID_MAPPING(49, false, "The producer id belongs to no such transactional id."),
  INVALID_TRANSACTION_TIMEOUT(
      50, false, "The transaction timeout exceeds transaction.max.timeout.ms."),
  CONCURRENT_TRANSACTIONS(51, true, "Another operation on the transaction is not finished yet."),
  TRANSACTION_COORDINATOR_FENCED(52, false, "Another transaction coordinator has taken over."),
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED(53, false, "Access to the transactional id is denied."),
  SECURITY_DISABLED(54, false, "Security is not enabled on this broker."),
  OPERATION_NOT_ATTEMPTED(55, false, "Not tried, because another operation of the batch failed."),
  KAFKA_STORAGE_ERROR(56, true, "The broker can't read or write the partition's log."),
  LOG_DIR_NOT_FOUND(57, false, "The broker has no such log directory."),
  SASL_AUTHENTICATION_FAILED(58, false, "Authentication failed."),
  UNKNOWN_PRODUCER_ID(59, false, "The partition has no record of this producer id."),
  REASSIGNMENT_IN_PROGRESS(60, false, "The partition is being reassigned."),
  DELEGATION_TOKEN_AUTH_DISABLED(61, false, "Delegation tokens are not enabled."),
  DELEGATION_TOKEN_NOT_FOUND(62, false, "There is no such delegation token."),
  DELEGATION_TOKEN_OWNER_MISMATCH(63, false, "The delegation token belongs to someone else."),
  DELEGATION_TOKEN_REQUEST_NOT_ALLOWED(
      64, false, "This connection's kind of authentication may not ask for delegation tokens."),
  DELEGATION_TOKEN_AUTHORIZATION_FAILED(65, false, "Access to the delegation token is denied."),
  DELEGATION_TOKEN_EXPIRED(66, false, "The delegation token has expired."),
  INVALID_PRINCIPAL_TYPE(67, false, "This type of principal is not supported."),
  NON_EMPTY_GROUP(68, false, "The group still has members."),
  GROUP_ID_NOT_FOUND(69, false, "There is no such group."),
  FETCH_SESSION_ID_NOT_FOUND(70, true, "There is no such fetch session."),
  INVALID_FETCH_SESSION_EPOCH(71, true, "The fetch session expects another epoch."),
  LISTENER_NOT_FOUND(72, true, "The leader has no listener of this name."),
  TOPIC_DELETION_DISABLED(73, false, "Topics can't be deleted on this cluster."),
  FENCED_LEADER_EPOCH(74, true, "The leader epoch is older than the partition's."),
  UNKNOWN_LEADER_EPOCH(75, true, "The leader epoch is newer than the partition's."),
  UNSUPPORTED_COMPRESSION_TYPE(76, false, "The compression codec is not known to the other side."),
  STALE_BROKER_EPOCH(77, false, "The broker has registered again since."),
  OFFSET_NOT_AVAILABLE(78, true, "The new leader does not know the high watermark yet."),
  MEMBER_ID_REQUIRED(79, false, "Join again with the member id in this response."),
  PREFERRED_LEADER_NOT_AVAILABLE(80, true, "The preferred leader is not available."),
  GROUP_MAX_SIZE_REACHED(81, false, "The group has as many members as it may have."),
  FENCED_INSTANCE_ID(82, false, "Another member uses the same group.instance.id."),
  ELIGIBLE_LEADERS_NOT_AVAILABLE(83, true, "No replica that could lead is available."),
  ELECTION_NOT_NEEDED(84, true, "The partition has the right leader already."),
  NO_REASSIGNMENT_IN_PROGRESS(85, false, "The partition is not being reassigned."),
  GROUP_SUBSCRIBED_TO_TOPIC(86, false, "The group still subscribes to the topic."),
  INVALID_RECORD(87, false, "A record of the batch is not valid."),
  UNSTABLE_OFFSET_COMMIT(88, true, "Offsets of an open transaction are not decided yet."),
  THROTTLING_QUOTA_EXCEEDED(89, true, "The quota is used up: wait, and try again."),
  PRODUCER_FENCED(90, false, "A newer producer uses the same transactional id."),
  RESOURCE_NOT_FOUND(91, false, "The request names something that does not exist."),
  DUPLICATE_RESOURCE(92, false, "The request names the same thing twice."),
  UNACCEPTABLE_CREDENTIAL(93, false, "The credential is not good enough."),
  INCONSISTENT_VOTER_SET(94, false, "Sender or receiver is not one of the expected voters."),
  INVALID_UPDATE_VERSION(95, false, "The version of the update is not valid."),
  FEATURE_UPDATE_FAILED(96, false, "The features could not be changed."),
  PRINCIPAL_DESERIALIZATION_FAILURE(97, false, "The forwarded principal can't be read."),
  SNAPSHOT_NOT_FOUND(98, false, "There is no such snapshot."),
  POSITION_OUT_OF_RANGE(99, false, "The position is outside the snapshot."),
  UNKNOWN_TOPIC_ID(100, true, "This broker has no topic with this id."),
  DUPLICATE_BROKER_REGISTRATION(101, false, "Another broker uses this id."),
  BROKER_ID_NOT_REGISTERED(102, false, "No broker with this id is registered."),
  INCONSISTENT_TOPIC_ID(103, true, "The log belongs to a topic with another id."),
  INCONSISTENT_CLUSTER_ID(104, false, "The request is meant for another cluster."),
  TRANSACTIONAL_ID_NOT_FOUND(105, false, "There is no such transactional id."),
  FETCH_SESSION_TOPIC_ID_ERROR(106, true, "The fetch session mixes topic names and topic ids."),
  INELIGIBLE_REPLICA(107, false, "A replica of the new ISR may not be in it."),
  NEW_LEADER_ELECTED(108, false, "The change was made, and the partition has a new leader."),
  OFFSET_MOVED_TO_TIERED_STORAGE(109, false, "The offset is in tiered storage only."),
  FENCED_MEMBER_EPOCH(110, false, "The member was fenced: give up all partitions and rejoin."),
  UNRELEASED_INSTANCE_ID(111, false, "Another member still holds this instance id."),
  UNSUPPORTED_ASSIGNOR(112, false, "The group does not support this assignor."),
  STALE_MEMBER_EPOCH(113, false, "The member's epoch is old: take the new one by heartbeat."),
  MISMATCHED_ENDPOINT_TYPE(114, false, "The request belongs on another kind of endpoint."),
  UNSUPPORTED_ENDPOINT_TYPE(115, false, "This kind of endpoint is not supported."),
  UNKNOWN_CONTROLLER_ID(116, false, "There is no controller with this id."),
  UNKNOWN_SUBSCRIPTION_ID(117, false, "The telemetry subscription is unknown or outdated."),
  TELEMETRY_TOO_LARGE(118, false, "The telemetry is larger than the broker accepts."),
  INVALID_REGISTRATION(119, false, "The controller refuses the broker's registration."),
  TRANSACTION_ABORTABLE(120, false, "The transaction failed: abort it, then go on."),
  INVALID_RECORD_STATE(121, false, "The record's state does not allow this acknowledgement."),
  SHARE_SESSION_NOT_FOUND(122, true, "There is no such share session."),
  INVALID_SHARE_SESSION_EPOCH(123, true, "The share session expects another epoch."),
  FENCED_STATE_EPOCH(124, false, "The share group's state has another epoch."),
  INVALID_VOTER_KEY(125, false, "The voter's key is not that of the receiving replica."),
  DUPLICATE_VOTER(126, false, "The voter is in the set already."),
  VOTER_NOT_FOUND(127, false, "The voter is not in the set."),
  INVALID_REGULAR_EXPRESSION(128, false, "The regular expression is not valid (RE2 syntax)."),
  REBOOTSTRAP_REQUIRED(129, false, "The client's metadata is too old: bootstrap again."),
  STREAMS_INVALID_TOPOLOGY(130, false, "The topology is not valid."),
  STREAMS_INVALID_TOPOLOGY_EPOCH(131, false, "The topology's epoch is not valid."),
  STREAMS_TOPOLOGY_FENCED(132, false, "The topology's epoch is old."),
  SHARE_SESSION_LIMIT_REACHED(133, true, "There are as many share sessions as there may be.");

  private static final ErrorCode[] VALUES = values();

  private final short code;
  private final boolean retriable;
  private final String defaultMessage;

  ErrorCode(int code, boolean retriable, String defaultMessage) {
    this.code = (short) code;
    this.retriable = retriable;
    this.defaultMessage = defaultMessage;
  }

  public short code() {
    return code;
  }

  public boolean retriable() {
    return retriable;
  }

  /** One sentence for a response's error message, where there is nothing better to say. */
  public String defaultMessage() {
    return defaultMessage;
  }

  /** The error with this code; {@link #UNKNOWN_SERVER_ERROR} for codes newer than this enum. */
  public static ErrorCode forCode(short code) {
    // Codes start at -1 and leave no gap (a test checks it).
    int index = code + 1;
    return index < 0 || index >= VALUES.length ? UNKNOWN_SERVER_ERROR : VALUES[index];
  }
}
