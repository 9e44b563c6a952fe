package io.tailrace.log;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A {@code meta.properties} can be read, but says that its directory is not this broker's, or
 * nothing that can be understood: for a human to decide. The message names the file.
 */
public final class MetaPropertiesException extends IOException {
  MetaPropertiesException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  MetaPropertiesException(String message) {
    this(message, null);
  }
}
