package io.tailrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageCacheTest {
  @TempDir Path folder;

  @Test
  void evictsWhatBearsTheNameAndChangesNothing() throws Exception {
    byte[] bytes = new byte[1 << 20];
    bytes[12_345] = 67;
    Files.createDirectories(folder.resolve("data/topic-0"));
    Files.write(folder.resolve("data/topic-0/00000000000000000000.log"), bytes);
    Files.write(folder.resolve("data/other-0.log"), new byte[99]);
    assertThat(new PageCache().evict(folder, "topic")).isEqualTo(bytes.length);
    assertThat(PageCache.warm(folder, "topic")).isEqualTo(bytes.length);
    assertThat(folder.resolve("data/topic-0/00000000000000000000.log")).hasBinaryContent(bytes);
  }
}
