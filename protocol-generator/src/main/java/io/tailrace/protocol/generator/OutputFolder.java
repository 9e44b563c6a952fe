package io.tailrace.protocol.generator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder of generated files. A file is touched only if its text changes, so that the compiler
 * finds nothing to do after a run without news; files that are no longer generated are deleted. The
 * stamp, written last, tells what the folder was made from.
 */
final class OutputFolder {
  private final Path root;
  private final Set<Path> written = new HashSet<>();

  OutputFolder(Path root) {
    this.root = root;
  }

  boolean isMadeFrom(String stamp) throws IOException {
    return stamp.equals(read(stampFile()));
  }

  void write(String packageName, String className, String text) throws IOException {
    Path file = root.resolve(packageName.replace('.', '/')).resolve(className + ".java");
    written.add(file);
    if (!text.equals(read(file))) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    }
  }

  void finish(String stamp) throws IOException {
    for (Path file : files()) {
      if (!written.contains(file)) {
        Files.delete(file);
      }
    }
    Files.writeString(stampFile(), stamp);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private Path stampFile() {
    return root.resolve("stamp");
  }

  private static String read(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException _) {
      return "";
    }
  }
}
