package io.tailrace.log;

import org.jspecify.annotations.Nullable;

/**
 * Something that {@link LogInspection} has come upon.
 *
 * @param problem whether something is wrong; if not, it is only good to know
 * @param log name of the log it belongs to; null if it is of the data directory
 * @param file that it is about
 * @param position of the first byte concerned; −1 if it is the file as a whole
 * @param firstOffset the first offset concerned; −1 if none is
 * @param endOffset behind the last offset concerned; −1 if none is
 * @param what is the matter
 * @param atStart what a broker does about it when it starts
 * @param byRepair what a repair does about it; null if it can do no more than a start
 */
public record LogFinding(
    boolean problem,
    @Nullable String log,
    String file,
    long position,
    long firstOffset,
    long endOffset,
    String what,
    String atStart,
    @Nullable String byRepair) {}
