package io.tailrace.bench.group;

/**
 * What a member has to say of itself in a heartbeat.
 *
 * @param generation of the group; in the consumer protocol the member's epoch
 */
public record Membership(String groupId, String memberId, int generation) {}
