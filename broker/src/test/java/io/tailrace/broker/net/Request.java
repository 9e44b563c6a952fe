package io.tailrace.broker.net;

import io.tailrace.protocol.ProtocolWriter;
import java.util.concurrent.atomic.AtomicInteger;

/** A request of the tests' protocol: an id and a body. Counts the releases of its answer. */
final class Request {
  final int id;
  final byte[] body;
  final PendingResponse response;
  final AtomicInteger released = new AtomicInteger();

  Request(int id, byte[] body, PendingResponse response) {
    this.id = id;
    this.body = body;
    this.response = response;
  }

  void echo() {
    answer(body);
  }

  void answer(byte[] bytes) {
    response.complete(encoder(bytes));
  }

  ResponseEncoder encoder(byte[] bytes) {
    return encoder(out -> {
      out.writeInt(id);
      out.writeBytes(bytes, false);
    });
  }

  void answer(Encoding encoding) {
    response.complete(encoder(encoding));
  }

  private ResponseEncoder encoder(Encoding encoding) {
    return new ResponseEncoder() {
      @Override
      public void encode(ProtocolWriter out) {
        encoding.encode(out);
      }

      @Override
      public void release() {
        released.incrementAndGet();
      }
    };
  }

  interface Encoding {
    void encode(ProtocolWriter out);
  }
}
