package io.tailrace.bench;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What has to be undone when the run ends, in the end or by Ctrl-C: the last first, each once. Any
 * thread may call it.
 */
final class Cleanup implements AutoCloseable {
  private final Deque<AutoCloseable> steps = new ArrayDeque<>();
  private volatile boolean interrupted;

  /** Makes Ctrl-C and SIGTERM clean up too. */
  void onExit() {
    Runnable end =
        () -> {
          interrupted = true;
          close();
        };
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("bench-cleanup").unstarted(end));
  }

  /** Whether the run was ended from outside, so that failures need no explanation. */
  boolean interrupted() {
    return interrupted;
  }

  synchronized <T extends AutoCloseable> T add(T step) {
    steps.push(step);
    if (interrupted) {
      close();
      throw new BenchException("interrupted");
    }
    return step;
  }

  /** A new folder for temporary data, deleted with all that is in it. */
  Path temporaryFolder() throws IOException {
    Path folder = Files.createTempDirectory("tailrace-bench-");
    add(() -> deleteTree(folder));
    return folder;
  }

  @Override
  public synchronized void close() {
    while (!steps.isEmpty()) {
      try {
        steps.pop().close();
      } catch (Exception e) {
        System.err.println("tailrace bench: cleaning up: " + e);
      }
    }
  }

  static void deleteTree(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE; // a broker deleted it meanwhile
            }
            throw failure;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
