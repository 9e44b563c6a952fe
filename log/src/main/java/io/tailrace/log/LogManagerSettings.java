package io.tailrace.log;

import java.util.Set;

/**
 * Settings of a data directory.
 *
 * @param recoveryThreads {@code num.recovery.threads.per.data.dir}
 * @param openFiles how many segment files stay open at most, save those in use at the moment
 * @param keptWhole names of the logs out of which no damage is taken: they can't be opened then
 * @param thorough all of each log is checked at start, and all other files are made anew
 * @param progressBytes when so many bytes of a log have been synced, the next start after a crash
 *     begins behind them
 */
public record LogManagerSettings(
    int recoveryThreads,
    int openFiles,
    Set<String> keptWhole,
    boolean thorough,
    int progressBytes) {

  private static final int PROGRESS_BYTES = 256 << 10;

  public static final LogManagerSettings DEFAULT = new LogManagerSettings(2, 512);

  public LogManagerSettings {
    if (recoveryThreads < 1 || openFiles < 1) {
      throw new IllegalArgumentException(
          "num.recovery.threads.per.data.dir and open files must be at least 1");
    }
    keptWhole = Set.copyOf(keptWhole);
  }

  public LogManagerSettings(int recoveryThreads, int openFiles) {
    this(recoveryThreads, openFiles, Set.of(), false, PROGRESS_BYTES);
  }

  /** The same, with a log out of which no damage is taken. */
  public LogManagerSettings keepWhole(String name) {
    return keepWhole(Set.of(name));
  }

  LogManagerSettings keepWhole(Set<String> names) {
    return new LogManagerSettings(recoveryThreads, openFiles, names, thorough, progressBytes);
  }

  /** The same, with a check of everything: see {@code tailrace doctor --repair}. */
  LogManagerSettings checkAll() {
    return new LogManagerSettings(recoveryThreads, openFiles, keptWhole, true, progressBytes);
  }

  /** The same, with other progress bytes. */
  LogManagerSettings saveProgressAfter(int bytes) {
    return new LogManagerSettings(recoveryThreads, openFiles, keptWhole, thorough, bytes);
  }
}
