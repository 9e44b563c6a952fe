/** Record batches of format v2: layout, validation, reading, building, compression. */
@NullMarked
package io.tailrace.record;

import org.jspecify.annotations.NullMarked;
