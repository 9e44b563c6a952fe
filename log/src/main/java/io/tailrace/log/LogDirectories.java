package io.tailrace.log;

import io.tailrace.env.Disk;
import io.tailrace.env.Disk.OpenMode;
import io.tailrace.env.DiskFile;
import io.tailrace.env.Randomness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The folders of a data directory: {@code topic-partition} for a log, {@code topic-partition.<32
 * hex digits>-delete} for one that is being deleted. Folders of other names, such as Kafka's {@code
 * …-stray} and {@code …-future}, are left alone.
 */
final class LogDirectories {
  private static final String DELETE = "-delete";
  private static final Pattern DELETED = Pattern.compile(".*\\.[0-9a-f]{32}" + DELETE);
  private static final int MAX_TOPIC = 249;
  private static final int MAX_DIGITS = 10;
  private static final Pattern TOPIC_ID = Pattern.compile("topic_id: ([A-Za-z0-9_-]{22})");
  private static final int MAX_NAME = 255;
  private static final int MAX_METADATA_BYTES = 4096;

  private final Disk disk;
  private final Path root;

  LogDirectories(Disk disk, Path root) {
    this.disk = disk;
    this.root = root;
  }

  /** Makes a folder and those above it, so that they are there after a power loss. */
  static void createDurably(Disk disk, Path directory) throws IOException {
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null && !disk.isDirectory(directory)) {
      createDurably(disk, parent);
      disk.createDirectories(directory);
      disk.syncDirectory(parent);
    }
  }

  Path path(String name) {
    if (!isLog(name)) {
      throw new IllegalArgumentException(name + " is no topic-partition");
    }
    return root.resolve(name);
  }

  /** All that lies in the data directory, sorted. */
  List<Path> children() throws IOException {
    return disk.list(root);
  }

  /**
   * The names of the logs among the children, sorted.
   *
   * @param known names of which it is sure that they are folders: looking at 100,000 takes long
   */
  List<String> names(List<Path> children, Predicate<String> known) throws IOException {
    List<String> names = new ArrayList<>();
    for (Path child : children) {
      String name = LogFiles.name(child);
      if (isLog(name) && (known.test(name) || disk.isDirectory(child))) {
        names.add(name);
      }
    }
    return names;
  }

  /** Whether it is {@code topic-partition}. By hand: 100,000 matches of a pattern take 0.1 s. */
  static boolean isLog(String name) {
    int dash = name.lastIndexOf('-');
    int digits = name.length() - dash - 1;
    if (dash < 1 || dash > MAX_TOPIC || digits < 1 || digits > MAX_DIGITS) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean digit = c >= '0' && c <= '9';
      if (!digit && (i > dash || !isTopicLetter(c))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isTopicLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
  }

  /**
   * Makes the folder of a new log. Nothing is synced, because an event loop may wait for it: the
   * first flush of the log makes the folder durable, and one without its id is taken for what it is
   * called.
   *
   * @throws LogOfflineException if it is not the data directory that makes trouble
   */
  void create(String name, String topicId) throws IOException, LogOfflineException {
    Path path = path(name);
    disk.createDirectories(path);
    byte[] metadata = ("version: 0\ntopic_id: " + topicId).getBytes(StandardCharsets.UTF_8);
    try (DiskFile file = disk.open(path.resolve(LogFiles.PARTITION_METADATA), OpenMode.CREATE)) {
      file.write(ByteBuffer.wrap(metadata), 0);
    } catch (IOException e) {
      throw new LogOfflineException(path + " can't be made: " + e.getMessage(), e);
    }
  }

  /** The topic id in {@code partition.metadata}; null if there is none or the file is damaged. */
  @Nullable String topicId(String name) throws IOException {
    Path file = path(name).resolve(LogFiles.PARTITION_METADATA);
    if (!disk.exists(file)) {
      return null;
    }
    String text = new String(disk.readAll(file, MAX_METADATA_BYTES), StandardCharsets.UTF_8);
    List<String> lines = text.lines().toList();
    if (lines.size() != 2 || !lines.get(0).equals("version: 0")) {
      return null;
    }
    Matcher id = TOPIC_ID.matcher(lines.get(1));
    return id.matches() ? id.group(1) : null;
  }

  /** Where the last segment of a log starts, by the names of its files; −1 if it has none. */
  long lastBase(String name) throws IOException {
    long last = -1;
    for (Path file : disk.list(path(name))) {
      last = Math.max(last, LogFiles.offset(file, LogFiles.LOG));
    }
    return last;
  }

  /**
   * Bytes in the segments of a log from the one on that holds an offset, as far as they can be
   * counted.
   */
  long bytesFrom(String name, long offset) {
    long sum = 0;
    try {
      for (Path file : disk.list(path(name)).reversed()) {
        long base = LogFiles.offset(file, LogFiles.LOG);
        if (base >= 0) {
          sum += disk.size(file);
        }
        if (base >= 0 && base <= offset) {
          return sum;
        }
      }
    } catch (IOException e) {
      // Its recovery will say so.
    }
    return sum;
  }

  /** Gives the folder a name that a later start knows to delete; returns where it is now. */
  Path markDeleted(String name, Randomness randomness) throws IOException {
    return root.resolve(rename(name, DELETE, randomness));
  }

  /** Gives the folder a name that is no log's; returns it. */
  String setAside(String name, Randomness randomness) throws IOException {
    return rename(name, "-stray", randomness);
  }

  private String rename(String name, String ending, Randomness randomness) throws IOException {
    int dash = name.lastIndexOf('-');
    String id = randomness.uuid().toString().replace("-", "");
    String suffix = name.substring(dash) + "." + id + ending;
    String renamed = name.substring(0, Math.min(dash, MAX_NAME - suffix.length())) + suffix;
    disk.rename(path(name), root.resolve(renamed));
    disk.syncDirectory(root);
    return renamed;
  }

  /** Whether it is what a crash, or a stop, has left of a deletion. */
  static boolean isDeleted(Path child) {
    String name = LogFiles.name(child);
    return name.endsWith(DELETE) && DELETED.matcher(name).matches();
  }
}
