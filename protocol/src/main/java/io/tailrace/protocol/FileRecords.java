package io.tailrace.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Records that lie in a file and send themselves to a socket. {@link ProtocolWriter} places them as
 * a splice; whoever owns the socket calls {@link #transferTo}. Positions count from the first byte
 * of the records.
 */
public interface FileRecords extends Records {

  /**
   * Sends bytes from {@code done} on, as many as the channel takes.
   *
   * @param target the JDK's own socket channel: with any wrapper the kernel can't do it (sendfile)
   * @param done bytes of these records sent so far
   * @param maxBytes and no more than that
   * @return bytes sent; 0 if the channel is full
   * @throws IOException if the socket or the file fails, or the file has become shorter
   */
  long transferTo(WritableByteChannel target, int done, int maxBytes) throws IOException;

  /**
   * Fills the remaining space of {@code target} with the bytes from {@code from} on, if that can be
   * done without waiting for a disk.
   *
   * @return whether it is filled; if not, its position is where it was
   */
  boolean readIfCached(ByteBuffer target, int from) throws IOException;

  /** Whether these bytes can be sent now without waiting for a disk. */
  default boolean isCached(int from, int length) {
    return true;
  }

  /**
   * The work of waiting for the disk until these bytes are cached, for a thread that may. To be run
   * once in any case, since it keeps the file open until then.
   *
   * @param wanted false if it has become needless by the time it is run
   */
  default Runnable warming(int from, int length, BooleanSupplier wanted) {
    return () -> {};
  }

  /**
   * Likewise, what is to be done for the cache beside the sending of these bytes; null if nothing.
   */
  default @Nullable Runnable scanWork(int from, int length, BooleanSupplier wanted) {
    return null;
  }
}
