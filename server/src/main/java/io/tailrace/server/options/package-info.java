/** The words of a command line. */
@NullMarked
package io.tailrace.server.options;

import org.jspecify.annotations.NullMarked;
