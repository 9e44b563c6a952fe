package io.tailrace.log;

/** A leader epoch, and the offset behind its last record. */
public record EpochEnd(int epoch, long endOffset) {}
