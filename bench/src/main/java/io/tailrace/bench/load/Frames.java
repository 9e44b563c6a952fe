package io.tailrace.bench.load;

import io.tailrace.bench.BenchException;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.ProtocolWriter;
import io.tailrace.protocol.message.RequestHeader;
import io.tailrace.protocol.message.ResponseHeader;
import java.nio.ByteBuffer;

/**
 * Whole frames, as they cross the socket: int32 size of what follows, header, body. A request's
 * header is API key, version, correlation id, …; a response's begins with the correlation id.
 */
public final class Frames {
  public static final int SIZE_BYTES = Integer.BYTES;

  /** Index of the correlation id in a request's frame. */
  static final int CORRELATION_ID = SIZE_BYTES + 2 * Short.BYTES;

  /** Index of what follows the correlation id in a response's frame. */
  static final int AFTER_CORRELATION_ID = SIZE_BYTES + Integer.BYTES;

  private static final String CLIENT_ID = "tailrace-bench";

  private Frames() {}

  /** A request with correlation id 0, in a direct buffer, position 0, limit at its end. */
  static ByteBuffer request(ApiKey api, short version, Message body) {
    return frame(requestWriter(api, version, body));
  }

  /** The same as bytes. */
  static byte[] requestBytes(ApiKey api, short version, Message body) {
    ProtocolWriter writer = requestWriter(api, version, body);
    byte[] frame = new byte[SIZE_BYTES + writer.size()];
    ByteBuffer.wrap(frame).putInt(writer.size()).put(writer.buffer());
    return frame;
  }

  private static ProtocolWriter requestWriter(ApiKey api, short version, Message body) {
    ProtocolWriter writer = new ProtocolWriter();
    new RequestHeader()
        .requestApiKey(api.id())
        .requestApiVersion(version)
        .clientId(CLIENT_ID)
        .write(writer, api.requestHeaderVersion(version));
    body.write(writer, version);
    return writer;
  }

  /** The answer to a request, in a direct buffer, position 0, limit at its end. */
  public static ByteBuffer response(ApiKey api, short version, int correlationId, Message body) {
    ProtocolWriter writer = new ProtocolWriter();
    new ResponseHeader()
        .correlationId(correlationId)
        .write(writer, api.responseHeaderVersion(version));
    body.write(writer, version);
    return frame(writer);
  }

  private static ByteBuffer frame(ProtocolWriter writer) {
    ByteBuffer frame = ByteBuffer.allocateDirect(SIZE_BYTES + writer.size());
    return frame.putInt(writer.size()).put(writer.buffer()).flip();
  }

  /**
   * The size in bytes of the response frame that begins at {@code in}'s position, its size field
   * counted; -1 if its size and correlation id have not arrived yet.
   */
  static int frameSize(ByteBuffer in) {
    if (in.remaining() < AFTER_CORRELATION_ID) {
      return -1;
    }
    int size = in.getInt(in.position());
    if (size < Integer.BYTES || size > Integer.MAX_VALUE - SIZE_BYTES) {
      throw new BenchException("the broker sent a frame of " + size + " bytes: is this Kafka?");
    }
    return SIZE_BYTES + size;
  }

  /** Checks the response frame that begins at {@code in}'s position. */
  static void checkCorrelationId(ByteBuffer in, int expected) {
    int found = in.getInt(in.position() + SIZE_BYTES);
    if (found != expected) {
      throw new BenchException(
          "the broker answered request " + found + " when " + expected + " was the next");
    }
  }

  public static int unsignedVarint(ByteBuffer in) {
    int value = 0;
    for (int shift = 0; shift < Integer.SIZE; shift += 7) {
      byte next = in.get();
      value |= (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new BenchException("the broker sent a varint of more than five bytes");
  }

  public static void skipTags(ByteBuffer in) {
    for (int tags = unsignedVarint(in); tags > 0; tags--) {
      unsignedVarint(in); // which
      int size = unsignedVarint(in);
      in.position(in.position() + size);
    }
  }
}
