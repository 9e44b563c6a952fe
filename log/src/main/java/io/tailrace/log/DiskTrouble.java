package io.tailrace.log;

import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells trouble that passes by itself from a disk that fails: a full disk gets room again, and
 * descriptors that have run out are closed. By the text of the error, because Java has no other
 * mark of them; where that is in another language, both count as failures, which costs a restart.
 */
final class DiskTrouble {
  private DiskTrouble() {}

  static boolean isFull(@Nullable Throwable failure) {
    return says(failure, "no space left", "quota exceeded");
  }

  /** Whether the same call may well succeed later. */
  static boolean passes(@Nullable Throwable failure) {
    return isFull(failure) || says(failure, "too many open files");
  }

  private static boolean says(@Nullable Throwable failure, String... texts) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      String message = String.valueOf(at.getMessage()).toLowerCase(Locale.ROOT);
      if (Stream.of(texts).anyMatch(message::contains)) {
        return true;
      }
    }
    return false;
  }
}
