package io.tailrace.bench.load;

import io.tailrace.bench.BenchException;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import java.nio.ByteBuffer;
import java.util.List;

/** Sends the heartbeats of some members in turn, of either protocol, again and again. */
public final class HeartbeatExchange implements Exchange {
  private final ApiKey api;
  private final ByteBuffer[] frames;
  private long requests;

  /**
   * @param version a flexible one
   * @param heartbeats of each member; more than may be in flight
   */
  public HeartbeatExchange(ApiKey api, short version, List<? extends Message> heartbeats) {
    this.api = api;
    frames =
        heartbeats.stream()
            .map(heartbeat -> Frames.request(api, version, heartbeat))
            .toArray(ByteBuffer[]::new);
  }

  @Override
  public ByteBuffer nextRequest(int correlationId, long timeNs) {
    ByteBuffer frame = frames[(int) (requests++ % frames.length)];
    frame.putInt(Frames.CORRELATION_ID, correlationId);
    return frame.rewind();
  }

  @Override
  public boolean receive(ByteBuffer in, int correlationId) {
    int frameSize = Frames.frameSize(in);
    if (frameSize < 0 || in.remaining() < frameSize) {
      return false;
    }
    Frames.checkCorrelationId(in, correlationId);
    int end = in.position() + frameSize;
    in.position(in.position() + Frames.AFTER_CORRELATION_ID);
    Frames.skipTags(in);
    in.getInt(); // throttle time
    short error = in.getShort();
    if (error != ErrorCode.NONE.code()) {
      throw new BenchException("the broker answers " + ErrorCode.forCode(error) + " to " + api);
    }
    in.position(end);
    return true;
  }

  /** None: a heartbeat is no more than a request. */
  @Override
  public int answeredRecords() {
    return 0;
  }

  @Override
  public long answeredBytes() {
    return 0;
  }
}
