package io.tailrace.bench.load;

import io.tailrace.bench.BenchException;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import java.nio.ByteBuffer;
import java.util.List;

/** Sends the same small requests in turn, again and again: heartbeats, commits of offsets. */
public final class CyclicExchange implements Exchange {

  /** How the answers to a kind of request tell that it was not done. */
  public interface Answer {
    /**
     * @param body of an answer, from its position to its limit
     */
    ErrorCode error(ByteBuffer body);
  }

  private final ApiKey api;
  private final ByteBuffer[] frames;
  private final Answer answer;
  private long requests;

  /**
   * @param version a flexible one
   * @param requests more than may be in flight
   */
  public CyclicExchange(
      ApiKey api, short version, List<? extends Message> requests, Answer answer) {
    this.api = api;
    this.answer = answer;
    frames =
        requests.stream()
            .map(request -> Frames.request(api, version, request))
            .toArray(ByteBuffer[]::new);
  }

  /** Of heartbeats of both protocols: throttle time, then the error. */
  public static ErrorCode errorOfHeartbeat(ByteBuffer body) {
    return ErrorCode.forCode(body.getShort(body.position() + Integer.BYTES));
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
    ErrorCode error = answer.error(in.slice(in.position(), end - in.position()));
    if (error != ErrorCode.NONE) {
      throw new BenchException("the broker answers " + error + " to " + api);
    }
    in.position(end);
    return true;
  }

  /** None: it is no more than a request. */
  @Override
  public int answeredRecords() {
    return 0;
  }

  @Override
  public long answeredBytes() {
    return 0;
  }
}
