package io.tailrace.broker.net;

import io.tailrace.protocol.Records;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/** Records of a response that stay in a file and go to the socket by sendfile. */
public interface FileRecords extends Records {

  /**
   * Sends what follows the first {@code done} bytes, as far as the channel takes it.
   *
   * @return bytes sent, 0 if the channel is full
   * @throws java.io.EOFException if the file ends before {@link #sizeInBytes}
   */
  long transferTo(WritableByteChannel target, int done) throws IOException;
}
