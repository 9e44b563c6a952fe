package io.tailrace.log;

import io.tailrace.env.Environment;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A broker's data directories ({@code log.dirs}), and which log is in which: a new one goes where
 * the fewest are, and stays there. Safe for use by many threads.
 *
 * <p>A directory whose disk fails in what its logs share (folders, checkpoints) goes offline alone,
 * until the next start: its logs take no appends, reads go on as far as they can, and the others
 * don't notice. The broker has to stop only if that directory holds the metadata, or none is left:
 * see {@link #onLoss}.
 */
public final class DataDirectories implements AutoCloseable {
  private static final Logger LOG = System.getLogger(DataDirectories.class.getName());

  /** Those that take logs. */
  private final List<DataDirectory> directories;

  private final DataDirectory metadata;

  /** Also the metadata's, which need not take other logs. */
  private final List<DataDirectory> all;

  private @Nullable Consumer<String> lossListener;
  private @Nullable String loss;

  private DataDirectories(List<DataDirectory> all, Set<Path> paths, Path metadata) {
    this.all = all;
    this.directories = all.stream().filter(it -> paths.contains(it.path())).toList();
    this.metadata = all.stream().filter(it -> it.path().equals(metadata)).findFirst().orElseThrow();
  }

  /**
   * Takes over directories, which are made if they are not there. Recovery goes on in the
   * background.
   *
   * @param paths absolute; for logs
   * @param metadata absolute; for the metadata log, one of {@code paths} or another
   * @param newIds makes up the ids of a new cluster and of new directories
   * @throws DataDirectoryException if one is not this broker's, or can't be done without
   */
  public static DataDirectories open(
      Environment environment,
      LogManagerSettings settings,
      List<Path> paths,
      Path metadata,
      int nodeId,
      Supplier<String> newIds)
      throws DataDirectoryException {
    Set<Path> every = new LinkedHashSet<>(paths);
    every.add(metadata);
    DataDirectories opened =
        new DataDirectories(
            new DataDirectoryLoader(environment, settings, every, metadata, nodeId, newIds).load(),
            new LinkedHashSet<>(paths),
            metadata);
    if (opened.directories.stream().noneMatch(DataDirectory::isOnline)) {
      opened.close();
      throw new DataDirectoryException(
          paths.getFirst(), new IOException("neither this nor any other of log.dirs can be used"));
    }
    return opened;
  }

  /**
   * Refuses what {@link #open} would refuse, but for what other processes hold. Changes nothing.
   *
   * @param every absolute; those for logs and the one for the metadata
   * @return the id of the directories' cluster; empty if all are new
   */
  public static String check(Environment environment, Set<Path> every, Path metadata, int nodeId)
      throws DataDirectoryException {
    return new DataDirectoryLoader(
            environment, LogManagerSettings.DEFAULT, every, metadata, nodeId, () -> "")
        .check();
  }

  /** The directories that take logs, in the order in which they were given. */
  public List<DataDirectory> directories() {
    return directories;
  }

  public String clusterId() {
    return Objects.requireNonNull(metadata.owner()).clusterId();
  }

  /** The {@code directory.id} of each that could be opened. */
  public List<String> ids() {
    List<String> ids = new ArrayList<>();
    for (DataDirectory directory : all) {
      MetaProperties owner = directory.owner();
      if (owner != null) {
        ids.add(owner.directoryId());
      }
    }
    return ids;
  }

  public boolean allOnline() {
    for (DataDirectory directory : all) {
      if (!directory.isOnline()) {
        return false;
      }
    }
    return true;
  }

  /** How many could not be opened: nobody knows which logs are in them. */
  public int unreadable() {
    return (int) all.stream().filter(it -> it.owner() == null).count();
  }

  /** Where the metadata log is. */
  public LogManager metadata() {
    return Objects.requireNonNull(metadata.logs());
  }

  /** The logs of all directories that could be opened. */
  public List<LogManager> logs() {
    List<LogManager> managers = new ArrayList<>();
    for (DataDirectory directory : all) {
      if (directory.logs() != null) {
        managers.add(directory.logs());
      }
    }
    return managers;
  }

  /** The directory that holds a log; null if none is known to. */
  public @Nullable DataDirectory find(String name) {
    for (DataDirectory directory : all) {
      if (directory.holds(name)) {
        return directory;
      }
    }
    return null;
  }

  /** The logs of the directory that holds one of this name; null if none is known to. */
  public @Nullable LogManager logsWith(String name) {
    DataDirectory directory = find(name);
    return directory == null ? null : directory.logs();
  }

  /** As {@link LogManager#endAsLeft}. */
  public long endAsLeft(String name) {
    LogManager logs = logsWith(name);
    if (logs != null) {
      return logs.endAsLeft(name);
    }
    return unreadable() == 0 ? 0 : StartHints.UNKNOWN;
  }

  /** Whether {@link #create} would wait for the recovery of that log. */
  public boolean isRecovering(String name) {
    return logs().stream().anyMatch(it -> it.isRecovering(name));
  }

  /**
   * Opens a log, or makes it where the fewest are. As {@link LogManager#create}.
   *
   * @param mayExist false if it is known that there is no such log yet: else one that is not found
   *     is not made as long as a directory can't be opened, which may hold it
   */
  public PartitionLog create(String name, String topicId, LogConfig config, boolean mayExist)
      throws LogException {
    DataDirectory found = all.size() == 1 ? metadata : find(name);
    if (found != null) {
      return create(found, name, topicId, config);
    }
    if (mayExist && unreadable() > 0) {
      throw new LogOfflineException(
          name + " may be in a data folder that is offline, so it is not made anew", null);
    }
    synchronized (this) {
      DataDirectory made = find(name);
      return create(made == null ? emptiest() : made, name, topicId, config);
    }
  }

  private PartitionLog create(
      DataDirectory directory, String name, String topicId, LogConfig config) throws LogException {
    try {
      return Objects.requireNonNull(directory.logs()).create(name, topicId, config);
    } catch (NoSuchFileException e) {
      throw new LogOfflineException(name + " has been deleted", e);
    } catch (LogOfflineException e) {
      throw DiskTrouble.isFull(e.getCause())
          ? full(directory, String.valueOf(e.getMessage()), e)
          : e;
    } catch (IOException e) {
      String what = name + " can't be made in " + directory.path();
      if (DiskTrouble.isFull(e)) {
        throw full(directory, what + ": " + e.getMessage(), e);
      }
      trouble(directory, what, e);
      throw new LogOfflineException(what + ": " + e.getMessage(), e);
    }
  }

  private static DiskFullException full(DataDirectory directory, String what, Exception cause) {
    Objects.requireNonNull(directory.logs()).hastenDeletions();
    return new DiskFullException(what, cause);
  }

  private DataDirectory emptiest() throws LogOfflineException {
    return directories.stream()
        .filter(DataDirectory::isOnline)
        .min(Comparator.comparingInt(this::count))
        .orElseThrow(directories.getFirst()::offline);
  }

  private int count(DataDirectory directory) {
    int names = Objects.requireNonNull(directory.logs()).names().size();
    return directory == metadata ? names - 1 : names;
  }

  /** Deletes a log; see {@link LogManager#delete}. Nothing happens if there is none. */
  public void delete(String name, long delayMs) throws IOException {
    DataDirectory directory = find(name);
    if (directory == null || directory.logs() == null) {
      return;
    }
    try {
      directory.logs().delete(name, delayMs);
    } catch (NoSuchFileException e) {
      throw e; // Somebody was quicker: that is no fault of the disk.
    } catch (IOException e) {
      trouble(directory, name + " can't be deleted", e);
      throw e;
    }
  }

  /**
   * Makes the deletion of logs survive a power loss.
   *
   * @return false if one is not done yet, or a directory is offline that may hold such a log
   */
  public boolean syncDeletions() throws IOException {
    if (!allOnline()) {
      return false;
    }
    for (LogManager logs : logs()) {
      if (!logs.syncDeletions()) {
        return false;
      }
    }
    return true;
  }

  /**
   * Refuses to go on with a log that is in two directories: only a human knows which is the newer.
   */
  public void checkEachInOne() throws IOException {
    if (all.size() == 1) {
      return;
    }
    Map<Path, Collection<String>> names = new LinkedHashMap<>();
    logs().forEach(it -> names.put(it.directory(), it.names()));
    checkEachInOne(names);
  }

  /** The same of directories that need not be taken over, and the names of the logs in each. */
  public static void checkEachInOne(Map<Path, ? extends Collection<String>> names)
      throws IOException {
    Map<String, Path> seen = new HashMap<>();
    for (Map.Entry<Path, ? extends Collection<String>> directory : names.entrySet()) {
      for (String name : directory.getValue()) {
        Path other = seen.put(name, directory.getKey());
        if (other != null) {
          throw new IOException(
              "%s is in two data folders, %s and %s: move one of them away, the one that is older"
                  .formatted(name, other, directory.getKey()));
        }
      }
    }
  }

  /** Writes the checkpoints of all directories; see {@link LogManager#checkpoint}. */
  public void checkpoint() {
    for (DataDirectory directory : all) {
      LogManager logs = directory.logs();
      try {
        if (logs != null && directory.isOnline()) {
          logs.checkpoint();
        }
      } catch (IOException e) {
        trouble(directory, "its checkpoints can't be written", e);
      }
    }
  }

  /** As {@link LogManager#deleteFiles}. */
  public void deleteFiles(long nowNs) {
    logs().forEach(it -> it.deleteFiles(nowNs));
  }

  /** As {@link LogManager#tidy}. */
  public void tidy(long wallMs, long producerIdExpirationMs) {
    logs().forEach(it -> it.tidy(wallMs, producerIdExpirationMs));
  }

  /** Something that the logs of a directory share can't be written. */
  private void trouble(DataDirectory directory, String what, IOException cause) {
    if (DiskTrouble.passes(cause)) {
      LOG.log(
          Level.WARNING,
          "{0}: {1}, tried again later: {2}",
          directory.path(),
          what,
          cause.getMessage());
    } else {
      fail(directory, what, cause);
    }
  }

  /** Takes a directory offline. */
  public void fail(DataDirectory directory, String what, IOException cause) {
    if (directory.fail(what, cause) && isIndispensable(directory)) {
      lose(
          "data folder %s has failed (%s: %s), and the broker can't go on without it"
              .formatted(directory.path(), what, cause.getMessage()));
    }
  }

  private boolean isIndispensable(DataDirectory directory) {
    return directory == metadata || directories.stream().noneMatch(DataDirectory::isOnline);
  }

  private void lose(String reason) {
    Consumer<String> listener;
    synchronized (this) {
      loss = loss == null ? reason : loss;
      listener = lossListener;
    }
    if (listener != null) {
      listener.accept(reason);
    }
  }

  /**
   * Whom to tell, with the reason, when a directory fails that the broker can't do without: on any
   * thread, and at once if that has happened already.
   */
  public void onLoss(Consumer<String> listener) {
    String already;
    synchronized (this) {
      lossListener = listener;
      already = loss;
    }
    if (already != null) {
      listener.accept(already);
    }
  }

  /** Closes all logs in order; a directory for which that fails is recovered at the next start. */
  @Override
  public void close() {
    for (LogManager logs : logs()) {
      try {
        logs.close();
      } catch (IOException e) {
        LOG.log(Level.WARNING, "the next start will check the logs first: {0}", e.getMessage());
      }
    }
  }
}
