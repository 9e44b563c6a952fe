package io.tailrace.log;

import io.tailrace.env.Disk;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code meta.properties} of a data directory (KIP-631, KIP-858): whose it is. A Java
 * properties file with the keys {@code version} (1), {@code cluster.id}, {@code node.id} and {@code
 * directory.id}.
 *
 * @param directoryId a UUID in base64url, as Kafka prints it
 */
public record MetaProperties(String clusterId, int nodeId, String directoryId) {
  public static final String FILE = "meta.properties";

  private static final String VERSION = "1";
  private static final int MAX_BYTES = 64 * 1024;

  /**
   * Reads the file.
   *
   * @return null if there is none: the directory is new
   * @throws MetaPropertiesException if the file is damaged or of another version
   */
  public static @Nullable MetaProperties read(Disk disk, Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    if (!disk.exists(file)) {
      return null;
    }
    Properties properties = new Properties();
    String text = new String(disk.readAll(file, MAX_BYTES), StandardCharsets.UTF_8);
    try {
      properties.load(new StringReader(text));
    } catch (IllegalArgumentException e) {
      throw new MetaPropertiesException(file + " is no properties file: " + e.getMessage(), e);
    }
    String version = required(file, properties, "version");
    if (!version.equals(VERSION)) {
      throw new MetaPropertiesException(
          file + " has version=" + version + ", but this broker knows only version=" + VERSION);
    }
    return new MetaProperties(
        required(file, properties, "cluster.id"),
        nodeId(file, required(file, properties, "node.id")),
        required(file, properties, "directory.id"));
  }

  private static String required(Path file, Properties properties, String key) throws IOException {
    String value = properties.getProperty(key);
    if (value == null || value.isBlank()) {
      throw new MetaPropertiesException(
          file + " has no " + key + ": restore the file, or start with an empty directory");
    }
    return value.trim();
  }

  private static int nodeId(Path file, String value) throws IOException {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new MetaPropertiesException(file + " has node.id=" + value + ", which is no number", e);
    }
  }

  /**
   * Refuses the directory of another cluster or node.
   *
   * @param clusterId null if any will do
   */
  public void check(Path directory, @Nullable String clusterId, int nodeId)
      throws MetaPropertiesException {
    Path file = directory.resolve(FILE);
    if (clusterId != null && !clusterId.equals(this.clusterId)) {
      throw new MetaPropertiesException(
          file + " is of the cluster " + this.clusterId + ", not " + clusterId + otherDirectory());
    }
    if (nodeId != this.nodeId) {
      throw new MetaPropertiesException(
          file
              + " is of the node "
              + this.nodeId
              + ", and node.id is "
              + nodeId
              + otherDirectory());
    }
  }

  private static String otherDirectory() {
    return ": choose another data directory, or mend the setting";
  }

  /** Writes the file: after a crash it is there whole, or not at all. */
  public void write(Disk disk, Path directory) throws IOException {
    String text =
        "cluster.id=%s\ndirectory.id=%s\nnode.id=%d\nversion=%s\n"
            .formatted(clusterId, directoryId, nodeId, VERSION);
    disk.replace(directory.resolve(FILE), text.getBytes(StandardCharsets.UTF_8));
  }
}
