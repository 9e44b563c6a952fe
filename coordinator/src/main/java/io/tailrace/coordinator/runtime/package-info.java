/**
 * State machines over the partitions of an internal topic, whatever they coordinate: a request and
 * the current state give records and a response; the records are appended, applied, and only then
 * answered; loading a partition applies its records again. Knows no threads, clocks or sockets.
 */
@NullMarked
package io.tailrace.coordinator.runtime;

import org.jspecify.annotations.NullMarked;
