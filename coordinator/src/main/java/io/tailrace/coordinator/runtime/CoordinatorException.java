package io.tailrace.coordinator.runtime;

import io.tailrace.protocol.ErrorCode;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Why an operation on a shard is refused or has failed. */
public final class CoordinatorException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final ErrorCode code;

  /**
   * @param message for the client, where the response has room for it; says what to change
   */
  public CoordinatorException(ErrorCode code, @Nullable String message) {
    super(message, null, false, false);
    this.code = code;
  }

  /** What a future has failed with. Anything else than this exception is a defect. */
  public static CoordinatorException of(Throwable thrown) {
    Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    return cause instanceof CoordinatorException known
        ? known
        : new CoordinatorException(ErrorCode.UNKNOWN_SERVER_ERROR, null);
  }

  public ErrorCode code() {
    return code;
  }
}
