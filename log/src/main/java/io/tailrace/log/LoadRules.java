package io.tailrace.log;

/**
 * How a log is opened.
 *
 * @param keptWhole nothing is taken out of it: with damage that no crash has done, it stays closed
 * @param thorough all of it is checked, however it was closed
 */
record LoadRules(boolean keptWhole, boolean thorough, RecoveryProgress progress) {}
