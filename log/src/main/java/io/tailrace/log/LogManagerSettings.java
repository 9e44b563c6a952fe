package io.tailrace.log;

/**
 * Settings of a data directory.
 *
 * @param recoveryThreads {@code num.recovery.threads.per.data.dir}
 * @param openFiles how many segment files stay open at most, save those in use at the moment
 */
public record LogManagerSettings(int recoveryThreads, int openFiles) {

  public static final LogManagerSettings DEFAULT = new LogManagerSettings(2, 512);

  public LogManagerSettings {
    if (recoveryThreads < 1 || openFiles < 1) {
      throw new IllegalArgumentException(
          "num.recovery.threads.per.data.dir and open files must be at least 1");
    }
  }
}
