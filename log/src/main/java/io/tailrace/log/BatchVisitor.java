package io.tailrace.log;

import java.io.IOException;

/** Is shown the batches of a log one by one. */
interface BatchVisitor {
  /**
   * Looks at the scanner's current batch.
   *
   * @return whether to go on
   */
  boolean visit(BatchScanner scanner) throws IOException;
}
