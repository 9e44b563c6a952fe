package io.tailrace.log;

import io.tailrace.env.Disk;
import io.tailrace.env.Disk.AutoCloseableLock;
import io.tailrace.env.Environment;
import io.tailrace.env.Threads;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Owns a data directory and the logs in it, one folder each. Safe for use by many threads. Held by
 * one process at a time ({@code .lock}).
 *
 * <p>After a {@link #close} in order ({@code .kafka_cleanshutdown}) a log costs nothing until it is
 * asked for. Without it all logs are recovered, some at a time, and each can be used as soon as it
 * is ready: {@link #log} waits for that one only.
 *
 * <p>The owner calls {@link #checkpoint} and {@link #tidy} now and then. After a crash, recovery
 * reads each log from the segment on that holds its flushed offset of the last checkpoint.
 */
public final class LogManager implements AutoCloseable {
  private static final Logger LOG = System.getLogger(LogManager.class.getName());
  private static final String LOCK = ".lock";
  private static final int CLOSING_THREADS = 8;

  private final Path directory;
  private final LogManagerSettings settings;
  private final AutoCloseableLock lock;
  private final LogContext context;
  private final LogDirectories directories;
  private final LogCheckpoints checkpoints;
  private final Map<String, LogSlot> slots = new ConcurrentHashMap<>();
  private final ExecutorService recovery;
  private final ExecutorService background;

  private LogManager(
      Environment environment,
      Path directory,
      LogManagerSettings settings,
      AutoCloseableLock lock,
      ExecutorService recovery,
      ExecutorService background)
      throws IOException {
    Disk disk = environment.disk();
    this.directory = directory;
    this.settings = settings;
    this.lock = lock;
    this.directories = new LogDirectories(disk, directory);
    this.recovery = recovery;
    this.background = background;
    this.checkpoints = new LogCheckpoints(disk, directory);
    this.context =
        new LogContext(
            disk,
            new OpenFiles(disk, settings.openFiles()),
            environment.randomness(),
            background,
            checkpoints::lower);
    List<Path> children = directories.children();
    directories.deleteLeftovers(children);
    boolean clean = checkpoints.cleanStart();
    for (String name : directories.names(children, checkpoints::isAsLeft)) {
      slots.put(checkpoints.canonical(name), new LogSlot(!clean));
    }
    startRecovery();
  }

  /**
   * Takes over a data directory, which is made if it is not there. Recovery goes on in the
   * background.
   *
   * @throws DirectoryInUseException if another process holds it
   */
  public static LogManager open(
      Environment environment, Path directory, LogManagerSettings settings) throws IOException {
    return open(
        environment,
        directory,
        settings,
        Threads.pool("log-recovery", settings.recoveryThreads()),
        Threads.pool("log-background", 1));
  }

  /** Takes over the executors, too: both are shut down with the manager. */
  static LogManager open(
      Environment environment,
      Path directory,
      LogManagerSettings settings,
      ExecutorService recovery,
      ExecutorService background)
      throws IOException {
    Disk disk = environment.disk();
    LogDirectories.createDurably(disk, directory);
    AutoCloseableLock lock = disk.lock(directory.resolve(LOCK));
    if (lock == null) {
      throw new DirectoryInUseException(directory.resolve(LOCK));
    }
    try {
      return new LogManager(environment, directory, settings, lock, recovery, background);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private void startRecovery() {
    if (!checkpoints.cleanStart()) {
      slots.forEach((name, slot) -> recovery.execute(() -> recover(name, slot)));
    }
    recovery.shutdown();
  }

  private void recover(String name, LogSlot slot) {
    if (slots.get(name) != slot) {
      return;
    }
    try {
      slot.open(() -> load(name, LogConfig.DEFAULT));
    } catch (LogOfflineException e) {
      LOG.log(Level.ERROR, "{0}: {1}", directory, e.getMessage());
    } finally {
      slot.recovered();
    }
  }

  /** Whether {@link #log} would wait for the recovery of that log. */
  public boolean isRecovering(String name) {
    LogSlot slot = slots.get(name);
    return slot != null && slot.isRecovering();
  }

  private PartitionLog load(String name, LogConfig config) throws LogOfflineException {
    return LogLoader.load(context, directories.path(name), config, checkpoints.hints(name));
  }

  /** Waits until all logs that need it have been recovered. */
  public void awaitRecovery() throws InterruptedException {
    while (!recovery.awaitTermination(1, TimeUnit.MINUTES)) {
      LOG.log(Level.INFO, "{0}: still recovering", directory);
    }
  }

  public Path directory() {
    return directory;
  }

  /** The names of all logs there are: also of those that no topic of the caller's belongs to. */
  public Set<String> names() {
    return Collections.unmodifiableSet(slots.keySet());
  }

  /**
   * Whether a log was there when this directory was last closed in order, and is what it was then.
   * Asked at start, so that nobody need look at 100,000 folders.
   */
  public boolean isAsLeft(String name) {
    return checkpoints.isAsLeft(name);
  }

  /**
   * The end of a log that has not been opened since this directory was last closed in order, or 0
   * if there is no log of that name; −1 where only opening the log tells.
   */
  public long endAsLeft(String name) {
    LogSlot slot = slots.get(name);
    if (slot == null) {
      return 0;
    }
    return slot.ifOpen() == null ? checkpoints.endAsLeft(name) : StartHints.UNKNOWN;
  }

  /** The names of the logs in a directory that need not be taken over; none if it is not there. */
  public static List<String> names(Disk disk, Path directory) throws IOException {
    LogDirectories directories = new LogDirectories(disk, directory);
    return disk.isDirectory(directory)
        ? directories.names(directories.children(), _ -> false)
        : List.of();
  }

  /** The topic id that {@link #create} was given; null if unknown. */
  public @Nullable String topicId(String name) throws IOException {
    return directories.topicId(name);
  }

  /**
   * A log that exists; opened, and recovered if need be, by the first call.
   *
   * @param config takes effect from now on
   * @throws LogOfflineException if it can't be opened; the same at every call until the next start
   * @throws NoSuchFileException if there is no such log
   */
  public PartitionLog log(String name, LogConfig config) throws LogException, IOException {
    LogSlot slot = slots.get(name);
    if (slot == null) {
      throw new NoSuchFileException(directory.resolve(name).toString());
    }
    return open(slot, () -> load(name, config), config);
  }

  private static PartitionLog open(LogSlot slot, LogSlot.Opener opener, LogConfig config)
      throws LogOfflineException {
    PartitionLog log = slot.open(opener);
    log.setConfig(config);
    return log;
  }

  /**
   * Makes a new, empty log, or opens it if it exists.
   *
   * @param name {@code topic-partition}
   * @param topicId as it shall stand in {@code partition.metadata}
   * @throws LogOfflineException if it can't be opened, or another topic's id stands there
   */
  public PartitionLog create(String name, String topicId, LogConfig config)
      throws LogException, IOException {
    LogSlot existing = slots.get(name);
    if (existing != null) {
      return open(existing, () -> loadOf(topicId, name, config), config);
    }
    if (checkpoints.knows(name)) {
      // The offsets of a deleted log of the same name would be taken for this one's.
      checkpoint();
    }
    directories.create(name, topicId);
    slots.putIfAbsent(name, new LogSlot(false));
    return log(name, config);
  }

  /** What {@link #isAsLeft} spares the start, is looked at here. */
  private PartitionLog loadOf(String topicId, String name, LogConfig config)
      throws LogOfflineException {
    String found;
    try {
      found = topicId(name);
    } catch (IOException e) {
      throw new LogOfflineException(name + " can't be opened: " + e.getMessage(), e);
    }
    if (found != null && !found.equals(topicId)) {
      throw new LogOfflineException(
          "%s holds the data of a topic with the id %s, not %s: move it away, or restore the metadata it belongs to"
              .formatted(directories.path(name), found, topicId),
          null);
    }
    return load(name, config);
  }

  /** Deletes a log. Slices that are out stay readable. Nothing happens if there is none. */
  public void delete(String name) throws IOException {
    LogSlot slot = slots.remove(name);
    if (slot == null) {
      return;
    }
    slot.discard("it is deleted");
    directories.delete(name, context.randomness());
  }

  /**
   * Gives a log's folder a name that is no log's, so that it is kept and not used.
   *
   * @return the new name, in Kafka's form: {@code topic-partition.<32 hex digits>-stray}
   */
  public String setAside(String name) throws IOException {
    LogSlot slot = slots.remove(name);
    if (slot == null) {
      throw new NoSuchFileException(directory.resolve(name).toString());
    }
    slot.discard("it is set aside");
    return directories.setAside(name, context.randomness());
  }

  /** Writes recovery points, log starts and high watermarks, if they have changed. */
  public void checkpoint() throws IOException {
    checkpoints.save(openLogs(), slots.keySet());
  }

  private Map<String, PartitionLog> openLogs() {
    Map<String, PartitionLog> open = new HashMap<>();
    slots.forEach((name, slot) -> {
      PartitionLog log = slot.ifOpen();
      if (log != null) {
        open.put(name, log);
      }
    });
    return open;
  }

  /**
   * Closes files not used since the last call, drops indexes that can be read again, and forgets
   * producers that have been silent for too long ({@code producer.id.expiration.ms}).
   */
  public void tidy(long wallMs, long producerIdExpirationMs) {
    context.openFiles().closeIdle();
    for (PartitionLog log : openLogs().values()) {
      log.unloadIdle();
      log.expireProducers(wallMs, producerIdExpirationMs);
    }
  }

  /**
   * Closes all logs in order, so that the next start needs no recovery. If that fails for one, the
   * next start recovers all.
   */
  @Override
  public void close() throws IOException {
    List<Exception> failures = Collections.synchronizedList(new ArrayList<>());
    try {
      awaitRecovery();
      closeLogs(failures);
      checkpoint();
      // A log that could not be opened must be looked at again.
      if (failures.isEmpty() && slots.values().stream().noneMatch(LogSlot::hasFailed)) {
        checkpoints.markClean();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failures.add(e);
    } finally {
      background.close();
      lock.close();
    }
    if (!failures.isEmpty()) {
      throw new IOException(
          directory + " not closed in order, the next start will recover", failures.get(0));
    }
  }

  /**
   * Some at a time: each waits for the disk to sync four files, and the disk can do many at once.
   */
  private void closeLogs(List<Exception> failures) {
    try (ExecutorService closing = Threads.pool("log-close", CLOSING_THREADS)) {
      for (LogSlot slot : slots.values()) {
        if (slot.ifOpen() != null) {
          closing.execute(() -> closeLog(slot, failures));
        }
      }
    }
  }

  private static void closeLog(LogSlot slot, List<Exception> failures) {
    PartitionLog open = slot.ifOpen();
    try {
      if (open != null) {
        open.close();
      }
    } catch (LogException e) {
      failures.add(e);
    }
  }
}
