package io.tailrace.log;

import io.tailrace.env.Disk;
import io.tailrace.env.Disk.OpenMode;
import io.tailrace.env.DiskFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** The names of the files in a partition's folder, as Kafka gives them. */
final class LogFiles {
  static final String LOG = ".log";
  static final String INDEX = ".index";
  static final String TIME_INDEX = ".timeindex";
  static final String TXN_INDEX = ".txnindex";
  static final String SNAPSHOT = ".snapshot";
  static final String DELETED = ".deleted";
  static final String LEADER_EPOCHS = "leader-epoch-checkpoint";
  static final String PARTITION_METADATA = "partition.metadata";

  /** What belongs to a segment and goes with it. */
  static final List<String> OF_SEGMENT = List.of(LOG, INDEX, TIME_INDEX, TXN_INDEX, SNAPSHOT);

  private static final int OFFSET_DIGITS = 20;

  private LogFiles() {}

  /** For example {@code 00000000000000000042.log}. */
  static Path file(Path directory, long offset, String suffix) {
    String digits = Long.toString(offset);
    return directory.resolve("0".repeat(OFFSET_DIGITS - digits.length()) + digits + suffix);
  }

  /** The offset in a file's name; −1 if it is not 20 digits and {@code suffix}. */
  static long offset(Path file, String suffix) {
    String name = name(file);
    if (name.length() != OFFSET_DIGITS + suffix.length() || !name.endsWith(suffix)) {
      return -1;
    }
    String digits = name.substring(0, OFFSET_DIGITS);
    try {
      return digits.chars().allMatch(c -> c >= '0' && c <= '9') ? Long.parseLong(digits) : -1;
    } catch (NumberFormatException tooLarge) {
      return -1;
    }
  }

  static String name(Path file) {
    Path name = file.getFileName();
    return name == null ? "" : name.toString();
  }

  /**
   * Makes the names of a log's files survive a power loss, and that of its folder and the id of its
   * topic, which were made without a sync.
   */
  static void syncNames(Disk disk, Path directory) throws IOException {
    try (DiskFile metadata = disk.open(directory.resolve(PARTITION_METADATA), OpenMode.READ)) {
      metadata.sync();
    } catch (NoSuchFileException e) {
      // A log that is no topic's.
    }
    disk.syncDirectory(directory);
    Path root = directory.getParent();
    if (root != null) {
      disk.syncDirectory(root);
    }
  }
}
