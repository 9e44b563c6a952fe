package io.tailrace.metadata;

import io.tailrace.env.Clock;
import io.tailrace.log.DiskFullException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Operations in the order of their arrival, and their commit: all that wait are decided, each upon
 * the outcome of those before it, written with one sync, published as one new image, and only then
 * answered, the ones that change nothing too. {@link #submit} may be called by any thread, the rest
 * by the controller's only.
 *
 * <p>A disk that is full refuses the changes that found no room, and no others. When a write or
 * sync has failed in any other way, nobody knows what is on the disk, so nothing that followed
 * could be trusted: every operation is refused from then on, and a restart reads what there is.
 */
final class ControllerQueue {
  /** A change becomes one batch, and Kafka reads batches of metadata up to this size. */
  private static final int MAX_CHANGE_BYTES = 8 << 20;

  private static final int FULL_GROUP_BYTES = 1 << 20;

  private static final System.Logger LOG = System.getLogger(ControllerQueue.class.getName());

  private final MetadataLog log;
  private final Clock clock;
  private MetadataListener listener = (_, _, _) -> {};
  private @Nullable MetadataSnapshotter snapshotter;
  private volatile ClusterImage image;
  private @Nullable String failure;

  private final ArrayDeque<Pending<?>> pending = new ArrayDeque<>(); // guarded by itself
  private boolean closed; // guarded by pending

  private record Pending<R>(Operation<R> operation, CompletableFuture<R> future) {}

  ControllerQueue(MetadataLog log, Clock clock, ClusterImage image) {
    this.log = log;
    this.clock = clock;
    this.image = image;
  }

  ClusterImage image() {
    return image;
  }

  /** Before {@link #run}. */
  void begin(MetadataListener listener, MetadataSnapshotter snapshotter) {
    this.listener = listener;
    this.snapshotter = snapshotter;
  }

  <R> CompletableFuture<R> submit(Operation<R> operation) {
    CompletableFuture<R> future = new CompletableFuture<>();
    synchronized (pending) {
      if (!closed) {
        pending.add(new Pending<>(operation, future));
        pending.notifyAll();
        return future;
      }
    }
    future.complete(operation.refuse(ErrorCode.NOT_CONTROLLER, "the broker is shutting down"));
    return future;
  }

  /** Lets {@link #run} return once everything submitted so far is answered. */
  void close() {
    synchronized (pending) {
      closed = true;
      pending.notifyAll();
    }
  }

  /** The body of the controller's thread. */
  void run() {
    try {
      while (awaitPending()) {
        commitPending();
        afterCommit();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the controller", e);
    }
  }

  /** What nobody waits for. */
  private void afterCommit() {
    if (failure == null) {
      log.keepRoom();
      if (snapshotter != null) {
        snapshotter.committed(image);
      }
    }
  }

  private boolean awaitPending() throws InterruptedException {
    synchronized (pending) {
      while (pending.isEmpty() && !closed) {
        pending.wait();
      }
      return !pending.isEmpty();
    }
  }

  private @Nullable Pending<?> poll() {
    synchronized (pending) {
      return pending.poll();
    }
  }

  /** Decides, writes, publishes and answers a group of what is waiting. */
  void commitPending() {
    ChangeGroup group = new ChangeGroup(image);
    while (group.sizeInBytes() < FULL_GROUP_BYTES) {
      Pending<?> next = poll();
      if (next == null) {
        break;
      }
      if (failure == null) {
        decide(next, group);
      } else {
        refuse(next, group, failure);
      }
    }
    if (group.sizeInBytes() > 0) {
      write(group);
    }
    group.answer();
  }

  private static <R> void refuse(Pending<R> pending, ChangeGroup group, String failure) {
    R refusal = pending.operation().refuse(ErrorCode.KAFKA_STORAGE_ERROR, failure);
    group.add(pending.operation(), pending.future(), refusal);
  }

  private static <R> void decide(Pending<R> pending, ChangeGroup group) {
    Operation<R> operation = pending.operation();
    R response;
    try {
      Change<R> change = operation.decide(group.after());
      List<byte[]> frames = new ArrayList<>(change.records().size());
      long bytes = 0;
      for (Message record : change.records()) {
        byte[] frame = MetadataRecordType.encode(record);
        frames.add(frame);
        bytes += frame.length;
      }
      if (bytes > MAX_CHANGE_BYTES) {
        response =
            operation.refuse(
                ErrorCode.POLICY_VIOLATION,
                "the request changes too much at once (%d bytes of metadata): split it"
                    .formatted(bytes));
      } else {
        group.apply(change.records(), frames);
        response = change.response();
      }
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a defect in Tailrace: " + operation.getClass() + " failed", e);
      response = operation.refuse(ErrorCode.UNKNOWN_SERVER_ERROR, "a defect in Tailrace: " + e);
    }
    group.add(operation, pending.future(), response);
  }

  private void write(ChangeGroup group) {
    try {
      log.append(group.frames(), group.before().nextOffset(), clock.wallMs());
    } catch (DiskFullException e) {
      LOG.log(Level.WARNING, "a change of the metadata found no room: {0}", e.getMessage());
      group.refuse(ErrorCode.KAFKA_STORAGE_ERROR, "the disk is full: " + e.getMessage());
      return;
    } catch (MetadataException e) {
      LOG.log(Level.ERROR, "no change of the metadata is possible any more: {0}", e.getMessage());
      failure = String.valueOf(e.getMessage());
      group.refuse(ErrorCode.KAFKA_STORAGE_ERROR, failure);
      return;
    }
    image = group.after();
    try {
      listener.onImage(group.before(), group.after(), group.changes());
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a defect in Tailrace: a metadata listener failed", e);
      failure = "the metadata can't be changed any more, because of a defect in Tailrace: " + e;
    }
  }
}
