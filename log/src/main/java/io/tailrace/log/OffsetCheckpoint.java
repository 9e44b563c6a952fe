package io.tailrace.log;

import io.tailrace.env.Disk;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files with one offset for each log of a data directory, in Kafka's format: the lines {@code
 * 0}, number of entries, and {@code topic partition offset} each. Replaced as a whole: after a
 * crash it is the old one or the new one. In the order in which they are written: recovery must
 * never see a log start above the end it is sure of.
 */
enum OffsetCheckpoint {
  LOG_STARTS("log-start-offset-checkpoint"),
  RECOVERY_POINTS("recovery-point-offset-checkpoint"),
  HIGH_WATERMARKS("replication-offset-checkpoint"),
  CLEANED("cleaner-offset-checkpoint");

  private static final Logger LOG = System.getLogger(OffsetCheckpoint.class.getName());
  private static final int MAX_FILE_BYTES = 1 << 28;

  private final String file;

  OffsetCheckpoint(String file) {
    this.file = file;
  }

  String file() {
    return file;
  }

  /** This file's part of what is saved. */
  long offset(SavedOffsets saved) {
    return switch (this) {
      case LOG_STARTS -> saved.logStart();
      case RECOVERY_POINTS -> saved.recoveryPoint();
      case HIGH_WATERMARKS -> saved.highWatermark();
      case CLEANED -> saved.cleaned();
    };
  }

  /** Sets this file's part. */
  SavedOffsets with(SavedOffsets saved, long offset) {
    String name = saved.name();
    long point = saved.recoveryPoint();
    long start = saved.logStart();
    long watermark = saved.highWatermark();
    long cleaned = saved.cleaned();
    return switch (this) {
      case LOG_STARTS -> new SavedOffsets(name, point, offset, watermark, cleaned);
      case RECOVERY_POINTS -> new SavedOffsets(name, offset, start, watermark, cleaned);
      case HIGH_WATERMARKS -> new SavedOffsets(name, point, start, offset, cleaned);
      case CLEANED -> new SavedOffsets(name, point, start, watermark, offset);
    };
  }

  /**
   * Adds what the file says.
   *
   * @return whether it is there and whole; if not, nothing is added, which costs a longer recovery
   */
  boolean read(Disk disk, Path directory, Map<String, SavedOffsets> to) {
    Path path = directory.resolve(file);
    try {
      Map<String, Long> offsets = decode(disk.readAll(path, MAX_FILE_BYTES));
      if (offsets != null) {
        offsets.forEach((name, offset) -> add(to, name, offset));
        return true;
      }
      LOG.log(Level.WARNING, "{0} is damaged and not used: logs are recovered without it", path);
    } catch (NoSuchFileException e) {
      // first start
    } catch (IOException e) {
      LOG.log(Level.WARNING, "{0} is not readable ({1}) and not used", path, e.getMessage());
    }
    return false;
  }

  private void add(Map<String, SavedOffsets> to, String name, long offset) {
    SavedOffsets known = to.get(name);
    SavedOffsets with = with(known == null ? SavedOffsets.unknown(name) : known, offset);
    to.put(with.name(), with);
  }

  /** By log name; null if the file is damaged. */
  private static @Nullable Map<String, Long> decode(byte[] content) {
    List<String> lines = CheckpointText.lines(content);
    if (lines == null) {
      return null;
    }
    Map<String, Long> offsets = HashMap.newHashMap(lines.size());
    for (String line : lines) {
      int first = line.indexOf(' ');
      int last = line.lastIndexOf(' ');
      if (first < 0 || line.indexOf(' ', first + 1) != last) {
        return null;
      }
      try {
        int partition = Integer.parseInt(line, first + 1, last, 10);
        long offset = Long.parseLong(line, last + 1, line.length(), 10);
        if (partition < 0 || offset < 0) {
          return null;
        }
        offsets.put(line.substring(0, last).replace(' ', '-'), offset);
      } catch (NumberFormatException e) {
        return null;
      }
    }
    return offsets;
  }

  /** Replaces the file. */
  void write(Disk disk, Path directory, Map<String, SavedOffsets> saved) throws IOException {
    List<String> lines = new ArrayList<>(saved.size());
    for (SavedOffsets offsets : sorted(saved)) {
      long offset = offset(offsets);
      if (offset != StartHints.UNKNOWN) {
        int dash = offsets.name().lastIndexOf('-');
        String topic = offsets.name().substring(0, dash);
        lines.add(topic + " " + offsets.name().substring(dash + 1) + " " + offset);
      }
    }
    disk.replace(directory.resolve(file), CheckpointText.encode(lines));
  }

  private static List<SavedOffsets> sorted(Map<String, SavedOffsets> saved) {
    return saved.values().stream().sorted(Comparator.comparing(SavedOffsets::name)).toList();
  }
}
