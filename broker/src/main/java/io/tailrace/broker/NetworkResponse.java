package io.tailrace.broker;

import io.tailrace.broker.net.ResponseEncoder;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.ProtocolWriter;
import io.tailrace.protocol.message.ResponseHeader;
import org.jspecify.annotations.Nullable;

/**
 * A response on its way to the network: header and body are encoded when their turn has come.
 *
 * @param whenSent frees what the body's records hold, once they have been sent
 */
record NetworkResponse(
    ApiKey apiKey, short version, int correlationId, Message body, @Nullable Runnable whenSent)
    implements ResponseEncoder {

  @Override
  public void encode(ProtocolWriter out) {
    new ResponseHeader()
        .correlationId(correlationId)
        .write(out, apiKey.responseHeaderVersion(version));
    body.write(out, version);
  }

  @Override
  public void release() {
    Runnable action = whenSent;
    if (action != null) {
      action.run();
    }
  }
}
