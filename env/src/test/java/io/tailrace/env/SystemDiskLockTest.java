package io.tailrace.env;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemDiskLockTest {
  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = folder.resolve(".lock");
  }

  @Test
  void oneHolderAtATimeAndAgainAfterClose() throws Exception {
    Disk.AutoCloseableLock lock = Disk.system().lock(file);
    assertThat(lock).isNotNull();
    assertThat(Disk.system().lock(file)).isNull();
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
    assertThat(Disk.system().lock(link.resolve(".lock"))).isNull();
    assertThat(otherProcessGetsIt()).isFalse();
    lock.close();
    assertThat(otherProcessGetsIt()).isTrue();
    Disk.system().lock(file).close();
  }

  private boolean otherProcessGetsIt() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath = System.getProperty("java.class.path");
    return new ProcessBuilder(java, "-cp", classPath, TryLock.class.getName(), file.toString())
            .inheritIO()
            .start()
            .waitFor()
        == 0;
  }

  /** Ends with 0 if it gets the lock. */
  static final class TryLock {
    public static void main(String[] args) throws Exception {
      System.exit(Disk.system().lock(Path.of(args[0])) != null ? 0 : 1);
    }
  }
}
