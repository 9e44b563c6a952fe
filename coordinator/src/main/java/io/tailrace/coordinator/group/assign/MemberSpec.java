package io.tailrace.coordinator.group.assign;

import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A member of a group, as an assignor sees it.
 *
 * @param topics that it subscribes to and that exist
 * @param target what it was to have until now; may name what is no longer there
 */
public record MemberSpec(
    String memberId, @Nullable String instanceId, Set<UUID> topics, Assignment target) {}
