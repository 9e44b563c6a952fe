package io.tailrace.coordinator.runtime;

import io.tailrace.protocol.ErrorCode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What an operation on a shard has come to.
 *
 * @param records to be appended as one batch, applied together, or not at all
 * @param response goes out once all that is in the log when it is complete is committed: it may
 *     rest on records of other operations, too. One that is not complete after the append waits for
 *     another operation to complete it (a member that waits for others to join)
 * @param listener told how the append ended, after the records were applied, before the response
 */
public record CoordinatorResult<R extends @Nullable Object>(
    List<CoordinatorRecord> records,
    CompletableFuture<R> response,
    @Nullable AppendListener listener) {

  /** Told once, on the shard's thread. */
  public interface AppendListener {
    /**
     * @param error NONE if the records are in the log and applied, else nothing of them is, and
     *     this is what a client is to be told
     */
    void appended(ErrorCode error);
  }

  /** An answer that changes nothing. */
  public static <R extends @Nullable Object> CoordinatorResult<R> of(R response) {
    return of(List.of(), response);
  }

  public static <R extends @Nullable Object> CoordinatorResult<R> of(
      List<CoordinatorRecord> records, R response) {
    return new CoordinatorResult<>(records, CompletableFuture.completedFuture(response), null);
  }

  /** A change that nobody waits for. */
  public static CoordinatorResult<@Nullable Void> of(List<CoordinatorRecord> records) {
    return new CoordinatorResult<>(records, CompletableFuture.completedFuture(null), null);
  }

  /** An answer that another operation gives. */
  public static <R extends @Nullable Object> CoordinatorResult<R> waiting(
      CompletableFuture<R> response) {
    return new CoordinatorResult<>(List.of(), response, null);
  }
}
