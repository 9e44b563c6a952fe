/** JSON for programs that read what a command prints. */
@NullMarked
package io.tailrace.server.json;

import org.jspecify.annotations.NullMarked;
