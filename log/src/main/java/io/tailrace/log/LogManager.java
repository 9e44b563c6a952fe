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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Owns a data directory and the logs in it, one folder each. Safe for use by many threads. Held by
 * one process at a time ({@code .lock}).
 *
 * <p>After a {@link #close} in order ({@code .kafka_cleanshutdown}) a log costs nothing until it is
 * asked for. Without it all logs are recovered, some at a time, and each can be used as soon as it
 * is ready: {@link #log} waits for that one only.
 *
 * <p>The owner calls {@link #checkpoint}, {@link #tidy} and {@link #deleteFiles} now and then.
 * After a crash, recovery reads each log from its flushed offset of the last checkpoint on.
 */
public final class LogManager implements AutoCloseable {
  private static final Logger LOG = System.getLogger(LogManager.class.getName());
  static final String LOCK = ".lock";
  private static final int CLOSING_THREADS = 8;

  private final Path directory;
  private final LogManagerSettings settings;
  private final AutoCloseableLock lock;
  private final LogContext context;
  private final LogDirectories directories;
  private final LogCheckpoints checkpoints;
  private final Map<String, LogSlot> slots = new ConcurrentHashMap<>();
  private final StartRecovery recovery;
  private final ExecutorService background;
  private final RecoveryProgress progress;

  private LogManager(
      Environment environment,
      Path directory,
      LogManagerSettings settings,
      AutoCloseableLock lock,
      ExecutorService recoveryThreads,
      ExecutorService background)
      throws IOException {
    Disk disk = environment.disk();
    this.directory = directory;
    this.settings = settings;
    this.lock = lock;
    this.directories = new LogDirectories(disk, directory);
    this.background = background;
    this.checkpoints = new LogCheckpoints(disk, directory);
    this.context =
        new LogContext(
            disk,
            new OpenFiles(disk, settings.openFiles()),
            environment.randomness(),
            background,
            checkpoints,
            new DelayedDeletion(disk));
    List<Path> children = directories.children();
    children.stream()
        .filter(LogDirectories::isDeleted)
        .forEach(child -> context.deletions().add(child, 0));
    boolean clean = checkpoints.cleanStart() && !settings.thorough();
    for (String name : directories.names(children, checkpoints::isAsLeft)) {
      slots.put(checkpoints.canonical(name), new LogSlot(!clean));
    }
    progress =
        new RecoveryProgress(environment.clock(), directory, slots.size(), this::bytesToRecover);
    recovery = new StartRecovery(directory, slots, recoveryThreads, environment.clock());
    if (clean || slots.isEmpty()) {
      recovery.end();
    } else {
      recovery.start(recoveryWork());
    }
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

  private StartRecovery.Work recoveryWork() {
    return new StartRecovery.Work() {
      @Override
      public PartitionLog open(String name) throws LogOfflineException {
        return load(name, LogConfig.DEFAULT);
      }

      @Override
      public void done() {
        progress.logDone();
      }

      @Override
      public void checkpoint() throws IOException {
        LogManager.this.checkpoint();
      }
    };
  }

  /** Of all logs together; 0 for those that can't be looked at. */
  private long bytesToRecover() {
    long sum = 0;
    for (String name : slots.keySet()) {
      long from = settings.thorough() ? 0 : checkpoints.hints(name).recoveryPoint();
      sum += directories.bytesFrom(name, from);
    }
    return sum;
  }

  /** Whether {@link #log} would wait for the recovery of that log. */
  public boolean isRecovering(String name) {
    LogSlot slot = slots.get(name);
    return slot != null && slot.isRecovering();
  }

  private PartitionLog load(String name, LogConfig config) throws LogOfflineException {
    LoadRules rules =
        new LoadRules(settings.keptWhole().contains(name), settings.thorough(), progress);
    return LogLoader.load(context, directories.path(name), config, checkpoints.hints(name), rules);
  }

  /** Waits until all logs that need it have been recovered. */
  public void awaitRecovery() throws InterruptedException {
    recovery.await();
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

  /** Whether the checkpoints know of records in a log of which there is no folder. */
  public boolean isLost(String name) {
    return !slots.containsKey(name) && checkpoints.hints(name).recoveryPoint() > 0;
  }

  /** The names of the logs in a directory that need not be taken over; none if it is not there. */
  public static List<String> names(Disk disk, Path directory) throws IOException {
    LogDirectories directories = new LogDirectories(disk, directory);
    return disk.isDirectory(directory)
        ? directories.names(directories.children(), _ -> false)
        : List.of();
  }

  /** {@link #topicId} of a log in a directory that need not be taken over. */
  public static @Nullable String topicId(Disk disk, Path directory, String name)
      throws IOException {
    return new LogDirectories(disk, directory).topicId(name);
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
    if (existing != null && existing.isDiscarded()) {
      // Its folder could not be renamed then; what is in it must not become the new log's.
      delete(name, 0);
      existing = null;
    }
    if (existing != null) {
      checkOwner(existing, topicId, name);
      return open(existing, () -> load(name, config), config);
    }
    if (checkpoints.knows(name)) {
      // The offsets of a deleted log of the same name would be taken for this one's.
      checkpoints.save(openLogs(), existing());
    }
    directories.create(name, topicId);
    LogSlot made = new LogSlot(false);
    made.setOwnerKnown();
    slots.putIfAbsent(name, made);
    return log(name, config);
  }

  /** What {@link #isAsLeft} spares the start, and recovery can't tell, is looked at here. */
  private void checkOwner(LogSlot slot, String topicId, String name) throws LogOfflineException {
    if (slot.isOwnerKnown()) {
      return;
    }
    String found;
    try {
      found = topicId(name);
    } catch (IOException e) {
      throw new LogOfflineException(
          directories.path(name) + " can't be opened: " + e.getMessage(), e);
    }
    if (found != null && !found.equals(topicId)) {
      throw new LogOfflineException(
          "%s holds the data of a topic with the id %s, not %s: move it away, or restore the metadata it belongs to; or, if its partition.metadata is damaged, delete that file"
              .formatted(directories.path(name), found, topicId),
          null);
    }
    slot.setOwnerKnown();
  }

  /** The log if it is open. */
  @Nullable PartitionLog ifOpen(String name) {
    LogSlot slot = slots.get(name);
    return slot == null ? null : slot.ifOpen();
  }

  /**
   * Of a log that is not open, and so has not grown since the start: whether it has something that
   * was not compacted, and is no longer appended to. Looks into its folder once.
   */
  boolean mayHoldDirty(String name) throws IOException {
    LogSlot slot = slots.get(name);
    if (slot == null || slot.isRecovering() || slot.isKnownClean() || slot.hasFailed()) {
      return false;
    }
    boolean dirty = directories.lastBase(name) > Math.max(0, checkpoints.cleaned(name));
    if (!dirty) {
      slot.setKnownClean();
    }
    return dirty;
  }

  /** A log has been compacted up to an offset. */
  void cleaned(PartitionLog log, long offset) {
    log.state().cleaned = offset;
    if (ifOpen(log.name()) != log) {
      return; // It has been deleted, and another may have its name.
    }
    try {
      checkpoints.saveCleaned(log.name(), offset);
    } catch (IOException e) {
      LOG.log(
          Level.WARNING,
          "{0}: that {1} was compacted up to {2} is not noted ({3}): done again after a crash",
          directory,
          log.name(),
          offset,
          e.getMessage());
    }
  }

  /**
   * Deletes a log: a new one may have its name as soon as this returns. Slices that are out stay
   * readable. Nothing happens if there is none.
   *
   * @param delayMs until the files go, at a {@link #deleteFiles}
   * @throws IOException if its folder can't be renamed: nobody can open it, and {@link #create}
   *     tries again
   */
  public void delete(String name, long delayMs) throws IOException {
    LogSlot slot = slots.get(name);
    if (slot == null) {
      return;
    }
    slot.discard("it is deleted");
    Path renamed = directories.markDeleted(name, context.randomness());
    slots.remove(name, slot);
    context.deletions().add(renamed, delayMs);
  }

  /**
   * Makes the deletion of logs survive a power loss.
   *
   * @return false if the folder of one could not be renamed yet
   */
  boolean syncDeletions() throws IOException {
    if (slots.values().stream().anyMatch(LogSlot::isDiscarded)) {
      return false;
    }
    context.disk().syncDirectory(directory);
    return true;
  }

  /** The disk is full: {@link #deleteFiles} waits for no delay the next time. */
  void hastenDeletions() {
    context.deletions().hasten();
  }

  /**
   * Deletes the files whose {@code file.delete.delay.ms} is over; all that wait for it, if the disk
   * has been found full since the last call. May wait for the disk.
   */
  public void deleteFiles(long nowNs) {
    context.deletions().deleteDue(nowNs);
  }

  /** Whether the log has been opened since this directory was. */
  public boolean isOpen(String name) {
    LogSlot slot = slots.get(name);
    return slot != null && slot.ifOpen() != null;
  }

  /**
   * Applies retention to a log that is not open, and leaves it closed. What retention must know of
   * it is read from its folder once; it is opened, for a moment, only when records go.
   *
   * @param topicId as for {@link #create}
   */
  public void applyIdleRetention(String name, String topicId, LogConfig config, long wallMs)
      throws LogException, IOException {
    LogSlot slot = slots.get(name);
    if (slot == null || slot.ifOpen() != null || slot.isRecovering()) {
      return;
    }
    IdleLog idle = slot.idle();
    if (idle == null) {
      idle = IdleLog.look(context.disk(), directories.path(name));
      slot.setIdle(idle);
    }
    if (idle.isDue(config.cleanup(), wallMs)) {
      slot.setIdle(null);
      slot.visit(
          () -> {
            checkOwner(slot, topicId, name);
            return load(name, config);
          },
          log -> {
            log.applyRetention(wallMs);
            checkpoints.noteClosed(name, log);
          });
    }
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

  /**
   * Writes recovery points, log starts and high watermarks, if they have changed; first, what leads
   * a start after a crash to the recovery points. Waits for the disk.
   */
  public void checkpoint() throws IOException {
    Map<String, PartitionLog> open = openLogs();
    for (PartitionLog log : open.values()) {
      log.saveProgress(settings.progressBytes());
    }
    checkpoints.save(open, existing());
  }

  /** With those that must not be forgotten, though they are gone: see {@link #isLost}. */
  private Set<String> existing() {
    Set<String> existing = slots.keySet();
    if (!existing.containsAll(settings.keptWhole())) {
      existing = new HashSet<>(existing);
      existing.addAll(settings.keptWhole());
    }
    return existing;
  }

  /** The disk has failed: none of the logs takes any more appends until the next start. */
  void takeOffline(LogOfflineException reason) {
    slots.values().forEach(slot -> slot.takeOffline(reason));
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
