/** The runnable jar: command line, configuration from file and environment, log lines, signals. */
@NullMarked
package io.tailrace.server;

import org.jspecify.annotations.NullMarked;
