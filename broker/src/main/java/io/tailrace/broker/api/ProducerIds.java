package io.tailrace.broker.api;

import io.tailrace.metadata.BrokerImage;
import io.tailrace.metadata.Controller;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.AllocateProducerIdsRequest;
import io.tailrace.protocol.message.AllocateProducerIdsResponse;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Hands out producer ids from blocks that the controller allocates durably, so that no id is handed
 * out twice over any restart. Safe for use by all event loops.
 */
public final class ProducerIds {

  /** Gets an id, on the caller's thread or the controller's. */
  interface Callback {
    /**
     * @param error NONE, or why there is no id
     */
    void accept(long producerId, ErrorCode error);
  }

  private final Controller controller;
  private final int brokerId;
  private final Queue<Callback> waiting = new ArrayDeque<>();
  private long next;
  private long end;

  public ProducerIds(Controller controller, int brokerId) {
    this.controller = controller;
    this.brokerId = brokerId;
  }

  void next(Callback callback) {
    long id;
    synchronized (this) {
      if (next == end) {
        waiting.add(callback);
        if (waiting.size() > 1) {
          return;
        }
        id = -1;
      } else {
        id = next++;
      }
    }
    if (id >= 0) {
      callback.accept(id, ErrorCode.NONE);
    } else {
      allocate();
    }
  }

  private void allocate() {
    BrokerImage self = controller.image().brokers().get(brokerId);
    AllocateProducerIdsRequest request =
        new AllocateProducerIdsRequest()
            .brokerId(brokerId)
            .brokerEpoch(self == null ? -1 : self.epoch());
    controller.allocateProducerIds(request).thenAccept(this::allocated);
  }

  private void allocated(AllocateProducerIdsResponse block) {
    Queue<Callback> served;
    ErrorCode error = ErrorCode.forCode(block.errorCode());
    synchronized (this) {
      served = new ArrayDeque<>(waiting);
      waiting.clear();
      if (error == ErrorCode.NONE) {
        next = block.producerIdStart();
        end = block.producerIdStart() + block.producerIdLen();
      }
    }
    for (Callback callback : served) {
      if (error == ErrorCode.NONE) {
        next(callback);
      } else {
        callback.accept(-1, error);
      }
    }
  }
}
