package io.tailrace.metadata;

import org.jspecify.annotations.Nullable;

/**
 * The metadata can't be read or can't be written any more. The message names the file and position
 * and says what to do.
 */
public final class MetadataException extends Exception {
  private static final long serialVersionUID = 1;

  public MetadataException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
