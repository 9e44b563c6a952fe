package io.tailrace.log;

import io.tailrace.env.Disk;
import io.tailrace.env.Disk.OpenMode;
import io.tailrace.env.DiskFile;
import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The batches of files that nobody has open, as they lie in a log's folder. Changes nothing. */
public final class StoredBatches {
  private StoredBatches() {}

  /** Told of a batch, which is whole and at index {@code at} of a buffer. */
  public interface Visitor {
    void batch(Path file, int position, ByteBuffer buffer, int at);
  }

  /**
   * Goes through a log from its start up to the first batch that is not whole: the end of what a
   * start keeps, or damage that {@link LogInspection} reports.
   */
  public static void visit(Disk disk, Path folder, Visitor visitor) throws IOException {
    for (Path file : disk.list(folder)) {
      if (LogFiles.offset(file, LogFiles.LOG) >= 0 && !visitFile(disk, file, visitor)) {
        return;
      }
    }
  }

  /**
   * Goes through one file up to the first batch that is not whole.
   *
   * @return false if the file does not end behind a whole batch
   * @throws IOException also if it has more than 2 GiB
   */
  public static boolean visitFile(Disk disk, Path path, Visitor visitor) throws IOException {
    try (DiskFile file = disk.open(path, OpenMode.READ)) {
      if (file.size() > Integer.MAX_VALUE) {
        throw new IOException(path + " has " + file.size() + " bytes: too many to be read");
      }
      int size = (int) file.size();
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
