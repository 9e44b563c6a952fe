package io.tailrace.server;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.ProtocolReader;
import io.tailrace.protocol.ProtocolWriter;
import io.tailrace.protocol.message.RequestHeader;
import io.tailrace.protocol.message.ResponseHeader;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

/** One connection to this process's own broker, for a {@link Training}. Blocks. */
final class TrainingClient implements AutoCloseable {
  private static final int TIMEOUT_MS = 10_000;

  private final Socket socket = new Socket();
  private final DataInputStream in;

  /**
   * @param address host:port
   */
  TrainingClient(String address) throws IOException {
    int colon = address.lastIndexOf(':');
    int port = Integer.parseInt(address.substring(colon + 1));
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MS);
    socket.connect(new InetSocketAddress(address.substring(0, colon), port), TIMEOUT_MS);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  /** Sends a request and waits for its answer. */
  @SuppressWarnings("unchecked")
  <R extends Message> R call(ApiKey key, int version, Message request) throws IOException {
    ProtocolWriter writer = new ProtocolWriter();
    writer.writeInt(0);
    new RequestHeader()
        .requestApiKey(key.id())
        .requestApiVersion((short) version)
        .clientId("training")
        .write(writer, key.requestHeaderVersion((short) version));
    request.write(writer, (short) version);
    writer.putInt(0, writer.size() - Integer.BYTES);
    byte[] frame = new byte[writer.size()];
    writer.buffer().get(frame);
    socket.getOutputStream().write(frame);

    ProtocolReader reader = new ProtocolReader(ByteBuffer.wrap(in.readNBytes(in.readInt())));
    new ResponseHeader().read(reader, key.responseHeaderVersion((short) version));
    Message response = key.newResponse();
    response.read(reader, (short) version);
    return (R) response;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
