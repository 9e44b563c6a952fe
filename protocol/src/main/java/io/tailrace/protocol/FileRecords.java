package io.tailrace.protocol;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/**
 * Records that lie in a file and send themselves to a socket. {@link ProtocolWriter} places them as
 * a splice; whoever owns the socket calls {@link #transferTo}.
 */
public interface FileRecords extends Records {

  /**
   * Sends bytes from {@code done} on, as many as the channel takes.
   *
   * @param target the JDK's own socket channel: with any wrapper the kernel can't do it (sendfile)
   * @param done bytes of these records sent so far
   * @return bytes sent; 0 if the channel is full
   * @throws IOException if the socket or the file fails, or the file has become shorter
   */
  long transferTo(WritableByteChannel target, int done) throws IOException;
}
