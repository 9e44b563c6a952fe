package io.tailrace.log;

import io.tailrace.env.Disk;
import io.tailrace.env.Disk.OpenMode;
import io.tailrace.env.DiskFile;
import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The batches of a log that nobody has open, as they lie in its folder. Changes nothing. */
public final class StoredBatches {
  private StoredBatches() {}

  /** Told of a batch, which is whole and at index {@code at} of a buffer. */
  public interface Visitor {
    void batch(Path segment, int position, ByteBuffer buffer, int at);
  }

  /**
   * Goes through a log from its start up to the first batch that is not whole: the end of what a
   * start keeps, or damage that {@link LogInspection} reports.
   */
  public static void visit(Disk disk, Path folder, Visitor visitor) throws IOException {
    for (Path file : disk.list(folder)) {
      if (LogFiles.offset(file, LogFiles.LOG) >= 0 && !visitSegment(disk, file, visitor)) {
        return;
      }
    }
  }

  /** Gives false if the file does not end behind a whole batch. */
  private static boolean visitSegment(Disk disk, Path path, Visitor visitor) throws IOException {
    try (DiskFile file = disk.open(path, OpenMode.READ)) {
      int size = Math.toIntExact(file.size());
      BatchScanner scanner = new BatchScanner(file, 0, size, BatchScanner.WALK_BUFFER);
      while (scanner.next()) {
        scanner.loadBatch();
        ByteBuffer buffer = scanner.buffer();
        int at = scanner.at();
        if (RecordBatch.computedCrc(buffer, at, scanner.sizeInBytes())
            != RecordBatch.storedCrc(buffer, at)) {
          return false;
        }
        visitor.batch(path, scanner.position(), buffer, at);
      }
      return scanner.position() == size;
    }
  }
}
