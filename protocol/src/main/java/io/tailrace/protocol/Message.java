package io.tailrace.protocol;

import java.util.UUID;

/**
 * A request, response, header or record of the protocol, or a struct in one. Messages are mutable
 * and belong to one thread at a time. A new message has the defaults of its schema; its empty lists
 * are immutable: set a list instead of adding to them. A field whose type is a struct is made by
 * its accessor on first use.
 */
public interface Message {
  /** Kafka's "no id". */
  UUID ZERO_UUID = new UUID(0, 0);

  byte[] NO_BYTES = {};
  short[] NO_SHORTS = {};
  int[] NO_INTS = {};
  long[] NO_LONGS = {};

  /**
   * Sets every field: to what the reader holds, or to its default if this version lacks it. The
   * message may share the reader's bytes (only {@link Records} do).
   *
   * @throws MalformedMessageException if the bytes are not such a message
   */
  void read(ProtocolReader in, short version);

  /**
   * @throws IllegalArgumentException if a field is null that must not be, a string is longer than
   *     32767 bytes, or a field that this version lacks has a value that may not be dropped
   */
  void write(ProtocolWriter out, short version);
}
