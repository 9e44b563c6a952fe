package io.tailrace.coordinator.group;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import org.jspecify.annotations.Nullable;

/**
 * What a member may join with. Its strings go into the group's record and to the group's leader, so
 * they must fit there: the protocol's strings have 32767 bytes at most, and bytes that are no UTF-8
 * have been replaced by longer ones.
 */
final class JoinLimits {
  private static final int LONGEST_STRING = Short.MAX_VALUE;

  /** Leaves room for the rest of a member id, also where each character has three bytes. */
  private static final int LONGEST_PREFIX = 10_000;

  private JoinLimits() {}

  static ErrorCode check(JoinGroupRequest request, GroupSettings settings) {
    if (request.groupId().isEmpty() || isTooLong(request.groupId())) {
      return ErrorCode.INVALID_GROUP_ID;
    }
    if (request.sessionTimeoutMs() < settings.classicMinSessionMs()
        || request.sessionTimeoutMs() > settings.classicMaxSessionMs()) {
      return ErrorCode.INVALID_SESSION_TIMEOUT;
    }
    if (isTooLong(request.groupInstanceId()) || isTooLong(request.protocolType())) {
      return ErrorCode.INVALID_REQUEST;
    }
    for (JoinGroupRequestProtocol protocol : request.protocols()) {
      if (isTooLong(protocol.name())) {
        return ErrorCode.INVALID_REQUEST;
      }
    }
    return ErrorCode.NONE;
  }

  private static boolean isTooLong(@Nullable String string) {
    return string != null
        && string.length() > LONGEST_STRING / 3
        && string.getBytes(UTF_8).length > LONGEST_STRING;
  }

  /** So much of a name as fits before the random part of a member id. */
  static String prefix(String name) {
    if (name.length() <= LONGEST_PREFIX) {
      return name;
    }
    boolean splitsPair = Character.isHighSurrogate(name.charAt(LONGEST_PREFIX - 1));
    return name.substring(0, splitsPair ? LONGEST_PREFIX - 1 : LONGEST_PREFIX);
  }
}
