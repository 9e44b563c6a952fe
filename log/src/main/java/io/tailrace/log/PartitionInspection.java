package io.tailrace.log;

import io.tailrace.env.Disk;
import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Looks at all files of one log; changes none. For one thread. */
final class PartitionInspection {
  private static final int MAX_FILE_BYTES = 1 << 26;
  private static final String KEEPS_CLOSED = "does not start: restore the file from a backup";

  private final Disk disk;
  private final OpenFiles openFiles;
  private final Path directory;
  private final StartHints hints;
  private final boolean keptWhole;
  private final SegmentSurroundings.ReadListener progress;
  private final Findings findings;

  /** The first batch of each leader epoch. */
  private final Map<Integer, Long> epochStarts = new TreeMap<>();

  PartitionInspection(
      OpenFiles openFiles,
      Path directory,
      StartHints hints,
      boolean keptWhole,
      SegmentSurroundings.ReadListener progress) {
    this.disk = openFiles.disk;
    this.openFiles = openFiles;
    this.directory = directory;
    this.hints = hints;
    this.keptWhole = keptWhole;
    this.progress = progress;
    this.findings = new Findings(LogFiles.name(directory));
  }

  List<LogFinding> inspect() {
    try {
      List<Path> files = disk.list(directory);
      Quarantine quarantine = Quarantine.of(files);
      reportQuarantine(files, quarantine);
      List<Long> bases = bases(files);
      long end = segments(bases, quarantine);
      sideFiles(files, bases, end);
      offsets(bases, end);
    } catch (IOException e) {
      findings.problem(
          directory, "can't be read: " + e.getMessage(), "keeps this partition offline", null);
    }
    return findings.list();
  }

  private static List<Long> bases(List<Path> files) {
    List<Long> bases = new ArrayList<>();
    for (Path file : files) {
      long base = LogFiles.offset(file, LogFiles.LOG);
      if (base >= 0) {
        bases.add(base);
      }
    }
    return bases;
  }

  private void reportQuarantine(List<Path> files, Quarantine quarantine) {
    for (Quarantine.Range range : quarantine.ranges()) {
      findings.noteAt(
          range.file(),
          new Damage(-1, -1, range.from(), range.to()),
          "these offsets were damaged once, and are kept here",
          "answers readers of them with CORRUPT_MESSAGE");
    }
    for (Path file : files) {
      String name = LogFiles.name(file);
      boolean isRange = quarantine.ranges().stream().anyMatch(range -> range.file().equals(file));
      if (name.endsWith(Quarantine.SUFFIX) && !isRange) {
        findings.note(file, "what a power loss left behind the end of the log", Findings.NOTHING);
      }
    }
  }

  // ---- segments

  /** Returns where the log ends. */
  private long segments(List<Long> bases, Quarantine quarantine) {
    long end = 0;
    int epoch = LeaderEpochCache.NO_EPOCH;
    for (int i = 0; i < bases.size(); i++) {
      long base = bases.get(i);
      boolean last = i + 1 == bases.size();
      long nextBase = last ? SegmentSurroundings.NONE : bases.get(i + 1);
      boolean lookedAt = last || bases.get(i + 1) > hints.recoveryPoint();
      Path file = LogFiles.file(directory, base, LogFiles.LOG);
      try {
        IndexInspection index = new IndexInspection(disk, directory, base);
        SegmentSurroundings around =
            new SegmentSurroundings(
                nextBase,
                Math.max(0, hints.recoveryPoint()),
                epoch,
                last ? LeaderEpochCache.NO_EPOCH : firstEpoch(nextBase),
                quarantine,
                progress,
                (buffer, at, position) -> {
                  index.batch(buffer, at, position);
                  noteEpoch(buffer, at);
                });
        SegmentRecovery.Found found = scan(base, around);
        boolean endsOddly = last && found.tail() != Tail.WHOLE;
        report(file, found, around, lookedAt && (!hints.clean() || endsOddly));
        if (found.damages().isEmpty()) {
          index.report(findings, !last || hints.clean());
        }
        end = found.nextOffset();
        epoch = found.epoch();
      } catch (IOException e) {
        findings.problem(
            file, "can't be read: " + e.getMessage(), "keeps this partition offline", null);
      }
    }
    return Math.max(end, quarantine.end());
  }

  private SegmentRecovery.Found scan(long base, SegmentSurroundings around) throws IOException {
    LogSegment segment = open(base);
    try {
      return SegmentRecovery.scan(segment, LogConfig.DEFAULT.indexIntervalBytes(), around);
    } finally {
      segment.close();
    }
  }

  private int firstEpoch(long base) throws IOException {
    LogSegment segment = open(base);
    try {
      return SegmentRecovery.firstEpoch(segment);
    } finally {
      segment.close();
    }
  }

  private LogSegment open(long base) throws IOException {
    long size = disk.size(LogFiles.file(directory, base, LogFiles.LOG));
    if (size > Integer.MAX_VALUE) {
      throw new IOException(size + " bytes are more than a segment can have");
    }
    return LogSegment.existing(openFiles, directory, base, (int) size, base);
  }

  private void noteEpoch(ByteBuffer buffer, int at) {
    epochStarts.putIfAbsent(
        RecordBatch.partitionLeaderEpoch(buffer, at), RecordBatch.baseOffset(buffer, at));
  }

  private void report(
      Path file, SegmentRecovery.Found found, SegmentSurroundings around, boolean lookedAt)
      throws IOException {
    for (Damage damage : found.damages()) {
      findings.problemAt(
          file,
          damage,
          "damaged: %d bytes are no batches of this log".formatted(damage.sizeInBytes()),
          keptWhole ? KEEPS_CLOSED : lookedAt ? "moves them into quarantine" : unseen(),
          keptWhole || lookedAt ? null : "moves them into quarantine");
    }
    for (SegmentRecovery.WrongEpoch wrong : found.wrongEpochs()) {
      findings.problemAt(
          file,
          new Damage(wrong.position(), wrong.position(), -1, -1),
          "a batch has leader epoch %d between others of %d"
              .formatted(wrong.found(), wrong.expected()),
          lookedAt ? "puts it right" : unseen(),
          lookedAt ? null : "puts it right");
    }
    int behind = (int) disk.size(file) - found.validSize();
    Damage tail = new Damage(found.validSize(), -1, found.nextOffset(), -1);
    switch (found.tail()) {
      case WHOLE -> gap(file, tail, around, lookedAt);
      case TORN ->
          findings.noteAt(
              file,
              tail,
              "ends in %d bytes of a batch that was never written whole".formatted(behind),
              lookedAt ? "cuts them off" : unseen());
      default ->
          findings.problemAt(
              file,
              tail,
              "a power loss has kept parts of it from the disk",
              lookedAt ? "ends the log here, and puts aside what is behind" : unseen(),
              lookedAt ? null : "ends the log here, and puts aside what is behind");
    }
  }

  private static String unseen() {
    return "does not look there, and serves it as it is";
  }

  private void gap(Path file, Damage tail, SegmentSurroundings around, boolean lookedAt) {
    long from = tail.from();
    long to = around.nextBase();
    if (around.isLast() || from >= to || around.quarantine().covers(from, to)) {
      return;
    }
    Damage gap = new Damage(tail.position(), -1, from, to);
    if (from >= Math.max(around.recoveryPoint(), hints.cleaned()) && lookedAt) {
      findings.problemAt(
          file,
          gap,
          "a power loss has kept its end from the disk",
          "ends the log here, and puts aside what is behind",
          null);
    } else {
      findings.noteAt(
          file,
          gap,
          "no records at these offsets: compaction leaves such gaps; if the topic was never"
              + " compacted, a segment is missing",
          "passes over them");
    }
  }

  // ---- the files beside them

  private void sideFiles(List<Path> files, List<Long> bases, long end) {
    for (Path file : files) {
      long offset = LogFiles.offset(file, LogFiles.SNAPSHOT);
      if (offset >= 0 && isDamagedSnapshot(file)) {
        findings.problem(
            file, "is damaged", "reads the producers from the log", "writes a new one");
      } else if (offset > end) {
        findings.note(file, "lies behind the end of the log", "deletes it");
      }
    }
    epochs(bases);
    metadata();
  }

  private boolean isDamagedSnapshot(Path file) {
    try {
      return ProducerSnapshot.decode(disk.readAll(file, MAX_FILE_BYTES)) == null;
    } catch (IOException e) {
      return true;
    }
  }

  private void epochs(List<Long> bases) {
    Path file = directory.resolve(LogFiles.LEADER_EPOCHS);
    try {
      LeaderEpochCache cache = LeaderEpochCache.decode(disk.readAll(file, MAX_FILE_BYTES));
      if (cache == null) {
        findings.problem(file, "is damaged", "reads the epochs from the log", "writes it anew");
        return;
      }
      long start = Math.max(hints.logStart(), bases.isEmpty() ? 0 : bases.getFirst());
      long known = hints.clean() ? Long.MAX_VALUE : hints.recoveryPoint();
      boolean stale = false;
      for (Map.Entry<Integer, Long> entry : epochStarts.entrySet()) {
        long first = entry.getValue();
        stale |= first >= start && first < known && cache.epochAt(first) != entry.getKey();
      }
      if (stale) {
        findings.problem(
            file, "says otherwise than the batches do", "believes the file", "writes it anew");
      }
    } catch (NoSuchFileException e) {
      if (hints.clean() && !epochStarts.isEmpty()) {
        findings.note(file, "is missing", "reads the epochs from the log");
      }
    } catch (IOException e) {
      findings.problem(file, "can't be read: " + e.getMessage(), "does without it", null);
    }
  }

  private void metadata() {
    Path file = directory.resolve(LogFiles.PARTITION_METADATA);
    LogDirectories root = new LogDirectories(disk, parent());
    try {
      if (root.topicId(LogFiles.name(directory)) == null) {
        findings.problem(
            file,
            "is missing or damaged",
            "takes the log for the one of the topic that has its name",
            null);
      }
    } catch (IOException e) {
      findings.problem(file, "can't be read: " + e.getMessage(), "does without it", null);
    }
  }

  private Path parent() {
    Path parent = directory.getParent();
    return parent == null ? directory : parent;
  }

  // ---- what the checkpoints say of it

  private void offsets(List<Long> bases, long end) {
    Path root = parent();
    if (hints.recoveryPoint() > end) {
      findings.problem(
          root.resolve(OffsetCheckpoint.RECOVERY_POINTS.file()),
          "says that %s had been synced up to offset %d, and it ends at %d"
              .formatted(LogFiles.name(directory), hints.recoveryPoint(), end),
          bases.isEmpty() ? "goes on behind it" : "goes on at the end of the log",
          null);
    }
    if (hints.logStart() > end && !bases.isEmpty()) {
      findings.problem(
          root.resolve(OffsetCheckpoint.LOG_STARTS.file()),
          "says that %s starts at offset %d, and it ends at %d"
              .formatted(LogFiles.name(directory), hints.logStart(), end),
          "begins with the first segment",
          "writes it anew");
    }
  }
}
