package io.tailrace.log;

import io.tailrace.env.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The ranges of offsets that a log has lost to damage. Recovery keeps the damaged bytes beside the
 * log, in files whose names say what is missing; so the names alone make a range durable:
 *
 * <pre>
 *   00000000000000000042.log.offset-50-53.position-1234.quarantined
 *     offsets 50 to 52; the bytes lay at position 1234 of that segment
 * </pre>
 *
 * Who deletes such a file, gives the range up: reads then pass over it. Immutable.
 */
final class Quarantine {
  static final String SUFFIX = ".quarantined";

  /** Of a file whose range has been cut off since: kept, but it says nothing any more. */
  private static final String SUPERSEDED = ".superseded";

  static final Quarantine NONE = new Quarantine(List.of());

  private static final Pattern NAME =
      Pattern.compile(
          "\\d{20}\\.log\\.offset-(\\d{1,19})-(\\d{1,19})\\.position-\\d{1,10}\\" + SUFFIX);

  /** Offsets from {@code from} on and below {@code to}; none if they are equal. */
  record Range(long from, long to, Path file) {}

  /** By their start. */
  private final List<Range> ranges;

  private Quarantine(List<Range> ranges) {
    this.ranges = ranges;
  }

  /** Where the damaged bytes of a segment go. */
  static Path file(Path segment, Damage damage) {
    return segment.resolveSibling(
        "%s.offset-%d-%d.position-%d%s"
            .formatted(
                LogFiles.name(segment), damage.from(), damage.to(), damage.position(), SUFFIX));
  }

  /** What the names among the files in a log's folder tell. */
  static Quarantine of(List<Path> files) {
    List<Range> found = new ArrayList<>();
    for (Path file : files) {
      Matcher name = NAME.matcher(LogFiles.name(file));
      Range range = name.matches() ? range(name.group(1), name.group(2), file) : null;
      if (range != null) {
        found.add(range);
      }
    }
    found.sort(Comparator.comparingLong(Range::from).thenComparingLong(Range::to));
    return found.isEmpty() ? NONE : new Quarantine(List.copyOf(found));
  }

  private static @Nullable Range range(String from, String to, Path file) {
    try {
      Range range = new Range(Long.parseLong(from), Long.parseLong(to), file);
      return range.from() <= range.to() ? range : null;
    } catch (NumberFormatException tooLarge) {
      return null;
    }
  }

  List<Range> ranges() {
    return ranges;
  }

  /** The range that an offset is in; null if it is in none. */
  @Nullable Range holding(long offset) {
    for (Range range : ranges) {
      if (range.from() <= offset && offset < range.to()) {
        return range;
      }
    }
    return null;
  }

  /** Where the first range behind an offset begins: nobody shall read across it unawares. */
  long nextFrom(long offset) {
    for (Range range : ranges) {
      if (range.from() > offset && range.to() > range.from()) {
        return range.from();
      }
    }
    return Long.MAX_VALUE;
  }

  /** Whether all offsets from {@code from} on and below {@code to} are in quarantine. */
  boolean covers(long from, long to) {
    long next = from;
    for (Range range : ranges) {
      if (range.from() <= next && next < range.to()) {
        next = range.to();
      }
    }
    return next >= to;
  }

  /** The log does not end before this: offsets in quarantine are not given away again. */
  long end() {
    long end = 0;
    for (Range range : ranges) {
      end = Math.max(end, range.to());
    }
    return end;
  }

  /** What is left after the log has been cut off: the files of other ranges get another name. */
  Quarantine truncateTo(Disk disk, long logEnd) throws IOException {
    if (end() <= logEnd) {
      return this;
    }
    List<Range> left = new ArrayList<>();
    for (Range range : ranges) {
      if (range.to() <= logEnd) {
        left.add(range);
      } else {
        Path file = range.file();
        disk.rename(file, file.resolveSibling(LogFiles.name(file) + SUPERSEDED));
      }
    }
    return new Quarantine(List.copyOf(left));
  }
}
