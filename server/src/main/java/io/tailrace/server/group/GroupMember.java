package io.tailrace.server.group;

import io.tailrace.server.client.TopicPartition;
import java.util.Set;

/** A member of a group, and what is assigned to it. */
record GroupMember(String memberId, String clientId, String host, Set<TopicPartition> assigned) {}
