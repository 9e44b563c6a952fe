package io.tailrace.log;

import io.tailrace.env.Disk;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A file with one offset for each log of a data directory, in Kafka's format: the lines {@code 0},
 * number of entries, and {@code topic partition offset} each. Replaced as a whole: after a crash it
 * is the old one or the new one.
 */
final class OffsetCheckpoint {
  static final String RECOVERY_POINTS = "recovery-point-offset-checkpoint";
  static final String LOG_STARTS = "log-start-offset-checkpoint";
  static final String HIGH_WATERMARKS = "replication-offset-checkpoint";

  private static final Logger LOG = System.getLogger(OffsetCheckpoint.class.getName());
  private static final int MAX_FILE_BYTES = 1 << 28;
  private static final int FIELDS = 3;

  private OffsetCheckpoint() {}

  /** By log name; empty if the file is absent or damaged, which costs a longer recovery only. */
  static Map<String, Long> read(Disk disk, Path file) {
    try {
      Map<String, Long> offsets = decode(disk.readAll(file, MAX_FILE_BYTES));
      if (offsets != null) {
        return offsets;
      }
      LOG.log(Level.WARNING, "{0} is damaged and not used: logs are recovered without it", file);
    } catch (NoSuchFileException e) {
      // first start
    } catch (IOException e) {
      LOG.log(Level.WARNING, "{0} is not readable ({1}) and not used", file, e.getMessage());
    }
    return new HashMap<>();
  }

  private static @Nullable Map<String, Long> decode(byte[] content) {
    List<String[]> lines = CheckpointText.decode(content, FIELDS);
    if (lines == null) {
      return null;
    }
    Map<String, Long> offsets = new HashMap<>();
    for (String[] line : lines) {
      try {
        int partition = Integer.parseInt(line[1]);
        long offset = Long.parseLong(line[2]);
        if (partition < 0 || offset < 0) {
          return null;
        }
        offsets.put(line[0] + "-" + partition, offset);
      } catch (NumberFormatException e) {
        return null;
      }
    }
    return offsets;
  }

  static void write(Disk disk, Path file, Map<String, Long> offsets) throws IOException {
    List<String> lines = new ArrayList<>(offsets.size());
    new TreeMap<>(offsets)
        .forEach((name, offset) -> {
          int dash = name.lastIndexOf('-');
          lines.add(name.substring(0, dash) + " " + name.substring(dash + 1) + " " + offset);
        });
    disk.replace(file, CheckpointText.encode(lines));
  }
}
