package io.tailrace.coordinator.group;

/**
 * Whether a group has to look at the topics again. Not in the log: after a load there is everything
 * to look up.
 */
final class ConsumerTopicLookups {
  private boolean topicsKnown;
  private int asOfEpoch;
  private boolean regexesKnown;

  /** Subscribed topics may have changed: the next heartbeat looks. */
  void topicsChanged() {
    topicsKnown = false;
  }

  /** Regular expressions may match more topics. One that is gone is left out as it is. */
  void topicsCreated() {
    regexesKnown = false;
  }

  /**
   * @param epoch the group's, with what was found; if that does not get into the log, the next
   *     heartbeat looks again
   */
  void topicsFound(int epoch) {
    topicsKnown = true;
    asOfEpoch = epoch;
  }

  void regexesResolved() {
    regexesKnown = true;
  }

  /**
   * @param epoch the group's, now
   */
  boolean areTopicsDue(int epoch) {
    return !topicsKnown || epoch < asOfEpoch;
  }

  boolean areRegexesDue() {
    return !regexesKnown;
  }
}
