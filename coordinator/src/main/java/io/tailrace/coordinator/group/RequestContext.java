package io.tailrace.coordinator.group;

/**
 * Who asks, in which version, and when.
 *
 * @param clientId as the client calls itself; empty if it does not
 * @param clientHost the client's address as Kafka shows it: a slash and the number
 * @param nowMs wall-clock time in milliseconds
 */
public record RequestContext(String clientId, String clientHost, short version, long nowMs) {}
