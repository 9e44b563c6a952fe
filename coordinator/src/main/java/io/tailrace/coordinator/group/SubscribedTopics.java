package io.tailrace.coordinator.group;

import io.tailrace.protocol.MalformedMessageException;
import io.tailrace.protocol.ProtocolReader;
import io.tailrace.protocol.message.ConsumerProtocolSubscription;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The topics in the subscriptions of consumers, which to the classic protocol are opaque bytes: two
 * of version, then a {@code ConsumerProtocolSubscription}. Every version begins as version 0 does,
 * with the topics.
 */
final class SubscribedTopics {
  private final Set<String> topics = new HashSet<>();
  private boolean known = true;

  private SubscribedTopics() {}

  /** Those of a group's members; null if they are not known. */
  static @Nullable Set<String> of(ClassicGroup group) {
    SubscribedTopics subscribed = new SubscribedTopics();
    for (ClassicMember member : group.members().all()) {
      subscribed.add(group.subscription(member));
    }
    return subscribed.known ? Set.copyOf(subscribed.topics) : null;
  }

  /** Anything may be in there: what can't be read makes the whole unknown. */
  private void add(byte[] subscription) {
    try {
      ProtocolReader in = new ProtocolReader(ByteBuffer.wrap(subscription));
      short version = in.readShort();
      if (version < 0) {
        throw new MalformedMessageException("version " + version);
      }
      ConsumerProtocolSubscription message = new ConsumerProtocolSubscription();
      message.read(in, (short) 0);
      topics.addAll(message.topics());
    } catch (MalformedMessageException e) {
      known = false;
    }
  }
}
