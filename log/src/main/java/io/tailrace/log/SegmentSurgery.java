package io.tailrace.log;

import io.tailrace.env.Disk;
import io.tailrace.env.Disk.OpenMode;
import io.tailrace.env.DiskFile;
import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What recovery does to the segment files of a log, besides cutting them. For one thread. After a
 * crash each file is as it was before or as it should be, and bytes that leave a segment are safe
 * in a file beside it.
 */
final class SegmentSurgery {
  private static final Logger LOG = System.getLogger(SegmentSurgery.class.getName());
  private static final int COPY_BUFFER = 1 << 20;

  private final Disk disk;
  private final Path directory;

  SegmentSurgery(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory;
  }

  /** From one position of a file to another, exclusive. */
  private record Part(int from, int to) {}

  /**
   * Moves damaged ranges into files of their own. Whoever dies half-way does the same again. Closes
   * the segment, whose file is another one then, shorter and without indexes.
   */
  void takeOut(LogSegment segment, List<Damage> damages) throws IOException {
    DiskFile source = segment.acquire();
    try {
      List<Part> left = new ArrayList<>();
      int end = 0;
      for (Damage damage : damages) {
        left.add(new Part(end, damage.position()));
        end = damage.end();
        copy(
            source,
            List.of(new Part(damage.position(), damage.end())),
            Quarantine.file(segment.path(), damage));
      }
      left.add(new Part(end, segment.size()));
      SegmentIndex.deleteFiles(disk, directory, segment.baseOffset());
      disk.syncDirectory(directory);
      copy(source, left, segment.path());
      disk.syncDirectory(directory);
    } finally {
      segment.release();
    }
    segment.close();
  }

  /** Keeps what is behind a position. */
  void copyAside(LogSegment segment, int from) throws IOException {
    DiskFile source = segment.acquire();
    try {
      copy(source, List.of(new Part(from, segment.size())), aside(segment, from));
      disk.syncDirectory(directory);
    } finally {
      segment.release();
    }
  }

  void renameAside(LogSegment segment) throws IOException {
    disk.rename(segment.path(), aside(segment, 0));
  }

  /** Says nothing of offsets: those behind a cut are given away again. */
  private static Path aside(LogSegment segment, int position) {
    Path path = segment.path();
    return path.resolveSibling(LogFiles.name(path) + ".position-" + position + Quarantine.SUFFIX);
  }

  /** Under its name the target is whole, and its bytes survive a power loss. */
  private void copy(DiskFile source, List<Part> parts, Path target) throws IOException {
    Path temporary = target.resolveSibling(LogFiles.name(target) + ".tmp");
    try (DiskFile file = disk.open(temporary, OpenMode.CREATE)) {
      file.truncate(0);
      ByteBuffer buffer = ByteBuffer.allocate(COPY_BUFFER);
      int written = 0;
      for (Part part : parts) {
        for (int at = part.from(); at < part.to(); at += buffer.limit()) {
          buffer.clear().limit(Math.min(COPY_BUFFER, part.to() - at));
          source.readFully(buffer, at);
          file.write(buffer.flip(), written);
          written += buffer.limit();
        }
      }
      file.sync();
    }
    disk.rename(temporary, target);
  }

  /** Puts a batch's leader epoch right, which no checksum covers. */
  void mendEpoch(LogSegment segment, SegmentRecovery.WrongEpoch wrong) throws IOException {
    LOG.log(
        Level.WARNING,
        "{0}: the batch at position {1} had leader epoch {2} between others of {3}: mended",
        segment.path(),
        wrong.position(),
        wrong.found(),
        wrong.expected());
    DiskFile file = segment.acquire();
    try {
      ByteBuffer epoch = ByteBuffer.allocate(Integer.BYTES).putInt(wrong.expected()).flip();
      file.write(epoch, wrong.position() + RecordBatch.PARTITION_LEADER_EPOCH);
    } finally {
      segment.release();
    }
  }
}
