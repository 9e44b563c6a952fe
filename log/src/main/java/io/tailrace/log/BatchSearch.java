package io.tailrace.log;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Is shown the batches of a segment one by one, until it has found what it looks for. */
interface BatchSearch<T> {
  /**
   * Looks at the scanner's current batch.
   *
   * @return null to go on
   */
  @Nullable T lookAt(BatchScanner scanner) throws IOException;
}
