package io.tailrace.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Finds out which process holds a lock on a file, where the kernel tells (Linux). */
final class LockHolder {
  private LockHolder() {}

  /** The process's id; null if it can't be found. */
  static @Nullable String pid(Path lockFile) {
    try {
      String inode = ":" + Files.getAttribute(lockFile, "unix:ino");
      for (String line : Files.readAllLines(Path.of("/proc/locks"))) {
        // 1: POSIX  ADVISORY  WRITE 4711 08:01:1234567 0 EOF
        String[] fields = line.trim().split(" +", -1);
        if (fields.length > 5 && fields[5].endsWith(inode) && !fields[1].equals("->")) {
          return fields[4];
        }
      }
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      // Not on this platform; the message does without.
    }
    return null;
  }
}
