package io.tailrace.bench;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Takes files into the page cache and out of it, whoever has them open. To get them out it syncs
 * them, since dirty pages stay, and then tells the kernel that they are not needed ({@code
 * posix_fadvise}). That takes no rights but to read the files, unlike {@code
 * /proc/sys/vm/drop_caches}, and leaves other files alone.
 */
final class PageCache {
  private static final int O_RDONLY = 0;
  private static final int POSIX_FADV_DONTNEED = 4;
  private static final long WHOLE_FILE = 0;
  private static final int OPEN_FIXED_ARGUMENTS = 2;
  private static final int READ_BYTES = 1 << 20;

  private final MethodHandle open = bind("open", JAVA_INT, ADDRESS, JAVA_INT);
  private final MethodHandle close = bind("close", JAVA_INT, JAVA_INT);
  private final MethodHandle fdatasync = bind("fdatasync", JAVA_INT, JAVA_INT);
  private final MethodHandle fadvise =
      bind("posix_fadvise", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);

  @SuppressWarnings("restricted")
  private static MethodHandle bind(
      String function, MemoryLayout result, MemoryLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    MemorySegment address = linker.defaultLookup().findOrThrow(function);
    FunctionDescriptor shape = FunctionDescriptor.of(result, arguments);
    // open() takes more arguments than these two, and a variadic call has rules of its own.
    return function.equals("open")
        ? linker.downcallHandle(
            address, shape, Linker.Option.firstVariadicArg(OPEN_FIXED_ARGUMENTS))
        : linker.downcallHandle(address, shape);
  }

  /**
   * Evicts the files below {@code folder} in whose path {@code name} occurs.
   *
   * @return their size in bytes
   */
  long evict(Path folder, String name) throws IOException {
    long bytes = 0;
    for (Path file : files(folder, name)) {
      bytes += Files.size(file);
      evict(file);
    }
    return bytes;
  }

  /**
   * Reads the same files, so that they are in the page cache.
   *
   * @return bytes read
   */
  static long warm(Path folder, String name) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
    long bytes = 0;
    for (Path file : files(folder, name)) {
      try (FileChannel channel = FileChannel.open(file)) {
        for (int n = channel.read(buffer); n >= 0; n = channel.read(buffer.clear())) {
          bytes += n;
        }
      }
    }
    return bytes;
  }

  private static List<Path> files(Path folder, String name) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(path -> folder.relativize(path).toString().contains(name))
          .filter(Files::isRegularFile)
          .toList();
    }
  }

  private void evict(Path file) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      int descriptor = (int) open.invokeExact(arena.allocateFrom(file.toString()), O_RDONLY);
      if (descriptor < 0) {
        throw new IOException("cannot open " + file);
      }
      int synced = (int) fdatasync.invokeExact(descriptor);
      int advised =
          (int) fadvise.invokeExact(descriptor, WHOLE_FILE, WHOLE_FILE, POSIX_FADV_DONTNEED);
      int closed = (int) close.invokeExact(descriptor);
      if (synced != 0 || advised != 0 || closed != 0) {
        throw new IOException("cannot take " + file + " out of the page cache");
      }
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a native call threw", e);
    }
  }
}
