package io.tailrace.log;

/**
 * Settings of a data directory.
 *
 * @param recoveryThreads {@code num.recovery.threads.per.data.dir}
 * @param openFiles how many segment files stay open at most, save those in use at the moment
 * @param producerIdExpirationMs {@code producer.id.expiration.ms}
 */
public record LogManagerSettings(int recoveryThreads, int openFiles, long producerIdExpirationMs) {

  public static final LogManagerSettings DEFAULT =
      new LogManagerSettings(2, 512, 24 * 60 * 60 * 1000L);

  public LogManagerSettings {
    if (recoveryThreads < 1 || openFiles < 1 || producerIdExpirationMs < 1) {
      throw new IllegalArgumentException(
          "num.recovery.threads.per.data.dir, open files and producer.id.expiration.ms must be at"
              + " least 1");
    }
  }
}
