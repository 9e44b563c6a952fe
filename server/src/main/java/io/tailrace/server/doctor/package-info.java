/** {@code tailrace doctor}: checks and repairs a data folder that no broker uses. */
@NullMarked
package io.tailrace.server.doctor;

import org.jspecify.annotations.NullMarked;
