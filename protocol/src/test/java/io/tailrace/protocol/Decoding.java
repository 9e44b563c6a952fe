package io.tailrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What came of decoding bytes that may be hostile.
 *
 * @param message null if the bytes were refused
 * @param remaining bytes not read
 * @param allocated bytes on the heap, apart from the message and the reader
 * @param charged what the reader thinks was allocated
 */
record Decoding(@Nullable Message message, int remaining, long allocated, long charged) {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  static {
    // The first refusal loads what concatenates its text.
    try {
      new ProtocolReader(ByteBuffer.allocate(0)).readByte();
    } catch (MalformedMessageException e) {
      // Expected.
    }
  }

  /** Decodes, and checks what must hold for any bytes. */
  static Decoding of(MessageType type, short version, byte[] bytes) {
    Message message = type.newMessage();
    ByteBuffer frame = ByteBuffer.wrap(bytes);
    ProtocolReader in = new ProtocolReader(frame);
    long heapLeft = in.heapLeft();
    long before = THREADS.getCurrentThreadAllocatedBytes();
    boolean refused = false;
    try {
      message.read(in, version);
    } catch (MalformedMessageException e) {
      refused = true;
    }
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertThat(allocated).as("allocated").isLessThanOrEqualTo(10L * bytes.length + (1 << 20));
    return new Decoding(
        refused ? null : message, in.remaining(), allocated, heapLeft - in.heapLeft());
  }

  boolean refused() {
    return message == null;
  }
}
