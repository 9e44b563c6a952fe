package io.tailrace.log;

import io.tailrace.env.Disk;
import io.tailrace.env.Environment;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens a broker's data directories, whatever has become of them:
 *
 * <pre>
 *   case                                               what is done
 *   meta.properties of this node, of one cluster       opened
 *   no meta.properties, and no logs                    new: it gets one
 *   no meta.properties, but logs                       refused
 *   meta.properties of another node or cluster,        refused
 *     damaged, or the same in two directories
 *   held by another process                            refused
 *   can't be read or written                           offline; refused if it is the only one, or
 *                                                      has the metadata
 * </pre>
 *
 * Nothing is changed in any directory before all that can be read are found to be this broker's.
 */
final class DataDirectoryLoader {
  private static final Logger LOG = System.getLogger(DataDirectoryLoader.class.getName());

  private final Environment environment;
  private final LogManagerSettings settings;
  private final Set<Path> paths;
  private final Path metadata;
  private final int nodeId;
  private final Supplier<String> newIds;
  private final Map<Path, MetaProperties> owners = new HashMap<>();
  private final Map<Path, IOException> unreadable = new HashMap<>();

  DataDirectoryLoader(
      Environment environment,
      LogManagerSettings settings,
      Set<Path> paths,
      Path metadata,
      int nodeId,
      Supplier<String> newIds) {
    this.environment = environment;
    this.settings = settings;
    this.paths = paths;
    this.metadata = metadata;
    this.nodeId = nodeId;
    this.newIds = newIds;
  }

  /**
   * Refuses directories that are not one broker's. Changes nothing.
   *
   * @return the id of their cluster: a new one if all are new
   */
  String check() throws DataDirectoryException {
    for (Path path : paths) {
      readOwner(path);
    }
    return commonCluster();
  }

  /** The directories in the order of their paths. */
  List<DataDirectory> load() throws DataDirectoryException {
    String clusterId = check();
    List<DataDirectory> opened = new ArrayList<>();
    boolean done = false;
    try {
      for (Path path : paths) {
        opened.add(open(path, clusterId));
      }
      done = true;
    } finally {
      if (!done) {
        opened.forEach(directory -> close(directory.logs()));
      }
    }
    return opened;
  }

  private void readOwner(Path path) throws DataDirectoryException {
    Disk disk = environment.disk();
    try {
      MetaProperties owner = MetaProperties.read(disk, path);
      if (owner != null) {
        owner.check(path, null, nodeId);
        owners.put(path, owner);
      } else if (!LogManager.names(disk, path).isEmpty()) {
        throw new MetaPropertiesException(
            "holds logs but no "
                + MetaProperties.FILE
                + ", which says whose they are; restore that file, or choose another folder with"
                + " --data");
      }
    } catch (IOException e) {
      refuseIfGrave(path, e);
      unreadable.put(path, e);
    }
  }

  private void refuseIfGrave(Path path, IOException e) throws DataDirectoryException {
    boolean indispensable = paths.size() == 1 || path.equals(metadata);
    if (indispensable
        || e instanceof MetaPropertiesException
        || e instanceof DirectoryInUseException) {
      throw new DataDirectoryException(path, e);
    }
  }

  private String commonCluster() throws DataDirectoryException {
    @Nullable String clusterId = null;
    Map<String, Path> byId = new HashMap<>();
    for (Path path : paths) {
      MetaProperties owner = owners.get(path);
      if (owner == null) {
        continue;
      }
      try {
        owner.check(path, clusterId, nodeId);
      } catch (MetaPropertiesException e) {
        throw new DataDirectoryException(path, e);
      }
      clusterId = owner.clusterId();
      Path same = byId.put(owner.directoryId(), path);
      if (same != null) {
        throw new DataDirectoryException(
            path,
            new MetaPropertiesException(
                "has the same directory.id as %s: one is a copy of the other, leave one of them out"
                    .formatted(same)));
      }
    }
    return clusterId == null ? newIds.get() : clusterId;
  }

  private DataDirectory open(Path path, String clusterId) throws DataDirectoryException {
    IOException cause = unreadable.get(path);
    if (cause != null) {
      return DataDirectory.unreadable(path, cause);
    }
    LogManager logs = null;
    try {
      logs = LogManager.open(environment, path, settings);
      MetaProperties owner = owners.get(path);
      if (owner == null) {
        owner = new MetaProperties(clusterId, nodeId, newIds.get());
        owner.write(environment.disk(), path);
      }
      return DataDirectory.of(owner, logs);
    } catch (IOException e) {
      close(logs);
      refuseIfGrave(path, e);
      return DataDirectory.unreadable(path, e);
    }
  }

  private static void close(@Nullable LogManager logs) {
    try {
      if (logs != null) {
        logs.close();
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the next start will check the logs first: {0}", e.getMessage());
    }
  }
}
