package io.tailrace.log;

import io.tailrace.env.Disk;
import io.tailrace.env.Disk.AutoCloseableLock;
import io.tailrace.env.Environment;
import io.tailrace.env.Threads;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Checks a data directory that no broker uses: every checksum and offset of every log, and all
 * files beside them. Changes nothing; {@link #repair} does.
 */
public final class LogInspection {
  private static final int OPEN_FILES = 64;

  private final Environment environment;
  private final Disk disk;
  private final Path directory;
  private final Set<String> keptWhole;
  private final int threads;

  /**
   * @param keptWhole names of the logs that a broker does not start without
   * @param threads how many logs are looked at at a time
   */
  public LogInspection(
      Environment environment, Path directory, Set<String> keptWhole, int threads) {
    this.environment = environment;
    this.disk = environment.disk();
    this.directory = directory;
    this.keptWhole = keptWhole;
    this.threads = threads;
  }

  /** Told on any thread how far an inspection is. */
  public interface Listener {
    void at(int logs, int allLogs, long bytes, long allBytes);
  }

  /**
   * What an inspection says.
   *
   * @param clean whether the directory was closed in order, so that a start checks nothing
   */
  public record Report(
      Path directory, boolean clean, int logs, long bytes, List<LogFinding> findings) {

    public boolean hasProblems() {
      return findings.stream().anyMatch(LogFinding::problem);
    }
  }

  /**
   * Looks at everything.
   *
   * @throws DirectoryInUseException if another process holds the directory
   * @throws IOException if it can't be listed
   */
  public Report inspect(Listener listener) throws IOException, InterruptedException {
    Path lockFile = directory.resolve(LogManager.LOCK);
    AutoCloseableLock lock = disk.exists(lockFile) ? disk.lock(lockFile) : () -> {};
    if (lock == null) {
      throw new DirectoryInUseException(lockFile);
    }
    try (lock) {
      return inspectLocked(listener);
    }
  }

  private Report inspectLocked(Listener listener) throws IOException, InterruptedException {
    List<LogFinding> all = new ArrayList<>();
    LogDirectories directories = new LogDirectories(disk, directory);
    List<String> names = directories.names(directories.children(), _ -> false);
    boolean clean = disk.exists(directory.resolve(LogCheckpoints.MARKER));
    Findings own = new Findings(null);
    Map<String, SavedOffsets> saved = checkpoints(own);
    identity(own, names);
    absent(own, saved, names);
    all.addAll(own.list());
    long bytes = 0;
    for (String name : names) {
      bytes += directories.bytesFrom(name, 0);
    }
    all.addAll(logs(names, saved, clean, new Count(listener, names.size(), bytes)));
    return new Report(directory, clean, names.size(), bytes, all);
  }

  /** How far it is. */
  private static final class Count {
    private final Listener listener;
    private final int allLogs;
    private final long allBytes;
    private final AtomicInteger logs = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    Count(Listener listener, int allLogs, long allBytes) {
      this.listener = listener;
      this.allLogs = allLogs;
      this.allBytes = allBytes;
    }

    void read(int count) {
      bytes.addAndGet(count);
      tell();
    }

    void logDone() {
      logs.incrementAndGet();
      tell();
    }

    private void tell() {
      listener.at(logs.get(), allLogs, bytes.get(), allBytes);
    }
  }

  private List<LogFinding> logs(
      List<String> names, Map<String, SavedOffsets> saved, boolean clean, Count count)
      throws IOException, InterruptedException {
    OpenFiles openFiles = new OpenFiles(disk, OPEN_FILES);
    List<Future<List<LogFinding>>> running = new ArrayList<>();
    List<LogFinding> found = new ArrayList<>();
    try (ExecutorService pool = Threads.pool("log-inspection", threads)) {
      for (String name : names) {
        SavedOffsets offsets = saved.getOrDefault(name, SavedOffsets.unknown(name));
        StartHints hints =
            new StartHints(
                clean,
                offsets.recoveryPoint(),
                offsets.logStart(),
                offsets.highWatermark(),
                offsets.cleaned());
        running.add(
            pool.submit(() -> {
              List<LogFinding> ofLog =
                  new PartitionInspection(
                          openFiles,
                          directory.resolve(name),
                          hints,
                          keptWhole.contains(name),
                          count::read)
                      .inspect();
              count.logDone();
              return ofLog;
            }));
      }
      for (Future<List<LogFinding>> log : running) {
        found.addAll(log.get());
      }
      return found;
    } catch (ExecutionException e) {
      throw new IOException("a defect in Tailrace: " + e.getCause(), e.getCause());
    }
  }

  private Map<String, SavedOffsets> checkpoints(Findings findings) throws IOException {
    Map<String, SavedOffsets> saved = new HashMap<>();
    for (OffsetCheckpoint checkpoint : OffsetCheckpoint.values()) {
      Path file = directory.resolve(checkpoint.file());
      if (disk.exists(file) && !checkpoint.read(disk, directory, saved)) {
        findings.problem(
            file, "is damaged", "does without it: all logs are checked", "writes it anew");
      }
    }
    return saved;
  }

  private void identity(Findings findings, List<String> names) {
    Path file = directory.resolve(MetaProperties.FILE);
    try {
      if (MetaProperties.read(disk, directory) == null && !names.isEmpty()) {
        findings.problem(file, "is missing", "does not start: restore the file", null);
      }
    } catch (IOException e) {
      findings.problem(
          file, String.valueOf(e.getMessage()), "does not start: restore the file", null);
    }
  }

  /** Logs that the checkpoints know of, and of which there is no folder. */
  private void absent(Findings findings, Map<String, SavedOffsets> saved, List<String> names) {
    Set<String> absent = new TreeSet<>(saved.keySet());
    names.forEach(absent::remove);
    for (String name : absent) {
      Path folder = directory.resolve(name);
      if (keptWhole.contains(name)) {
        findings.problem(folder, "is gone", "does not start: restore it from a backup", null);
      } else {
        findings.note(
            folder,
            "is gone, but a checkpoint knows of it: deleted, or lost",
            "makes it anew, empty, if its topic still exists");
      }
    }
  }

  /**
   * Does what a start of a broker does, but looks at all of every log, and writes all files beside
   * them anew. Afterwards the directory is closed in order, as far as it could be repaired.
   *
   * @throws DirectoryInUseException if another process holds the directory
   */
  public void repair() throws IOException, InterruptedException {
    if (!disk.isDirectory(directory)) {
      throw new NoSuchFileException(directory.toString());
    }
    LogManagerSettings settings =
        new LogManagerSettings(threads, OPEN_FILES).keepWhole(keptWhole).checkAll();
    try (LogManager logs = LogManager.open(environment, directory, settings)) {
      logs.awaitRecovery();
    }
  }
}
