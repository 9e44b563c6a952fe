package io.tailrace.broker;

import io.tailrace.broker.config.BrokerConfig;
import io.tailrace.broker.config.BrokerConfigs;
import io.tailrace.env.Disk;
import io.tailrace.env.Environment;
import io.tailrace.log.DataDirectories;
import io.tailrace.log.DataDirectoryException;
import io.tailrace.log.LogFinding;
import io.tailrace.log.LogManager;
import io.tailrace.log.MetaProperties;
import io.tailrace.metadata.MetadataInspection;
import io.tailrace.metadata.MetadataLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a start would refuse besides what is wrong with single logs: data folders that are not those
 * of one broker, or not all of them, and metadata that can't be applied. Found out by the code that
 * a start runs, with nothing changed. For one thread.
 */
public final class StartInspection {
  private final BrokerConfig config;
  private final Environment environment;
  private final Disk disk;
  private final Set<Path> directories;
  private final Path metadata;

  public StartInspection(BrokerConfig config, Environment environment) {
    this.config = config;
    this.environment = environment;
    this.disk = environment.disk();
    this.metadata = BrokerStorage.metadataPath(config);
    this.directories = new LinkedHashSet<>(BrokerStorage.paths(config));
    directories.add(metadata);
  }

  /** {@code log.dirs}, and {@code metadata.log.dir} if it is another; absolute. */
  public List<Path> directories() {
    return List.copyOf(directories);
  }

  /** The one with the metadata log. */
  public Path metadataDirectory() {
    return metadata;
  }

  /** What is wrong, above all the reasons why a start would refuse, as far as they can be told. */
  public List<LogFinding> findings() {
    List<LogFinding> findings = new ArrayList<>();
    try {
      int nodeId = config.get(BrokerConfigs.NODE_ID);
      String clusterId = DataDirectories.check(environment, directories, metadata, nodeId);
      Map<Path, List<String>> names = names();
      checkPlaces(names);
      MetadataInspection inspection =
          MetadataInspection.of(disk, metadata, clusterId, others(names));
      findings.addAll(inspection.findings());
      LogFinding refusal = inspection.refusal();
      if (refusal != null) {
        findings.add(refusal);
      } else {
        checkNoneMissing(inspection);
      }
    } catch (DataDirectoryException e) {
      String message = String.valueOf(BrokerStartException.dataFolder(e).getMessage());
      findings.add(refusal(e.directory(), message));
    } catch (BrokerStartException | IOException e) {
      findings.add(refusal(metadata, String.valueOf(e.getMessage())));
    }
    return findings;
  }

  private static LogFinding refusal(Path directory, String what) {
    return new LogFinding(
        true, null, directory.toString(), -1, -1, -1, what, "does not start", null);
  }

  /** A directory that can't be listed has none: the start goes on without it. */
  private Map<Path, List<String>> names() {
    Map<Path, List<String>> names = new LinkedHashMap<>();
    for (Path directory : directories) {
      try {
        names.put(directory, LogManager.names(disk, directory));
      } catch (IOException e) {
        names.put(directory, List.of());
      }
    }
    return names;
  }

  private void checkPlaces(Map<Path, List<String>> names) throws IOException {
    for (Path directory : directories) {
      if (names.getOrDefault(directory, List.of()).contains(MetadataLog.NAME)) {
        BrokerStorage.checkMetadataPlace(directory, metadata);
      }
    }
    if (directories.size() > 1) {
      DataDirectories.checkEachInOne(namesWithIds(names));
    }
  }

  /** A start deletes or sets aside the log of another topic of the same name. */
  private Map<Path, List<String>> namesWithIds(Map<Path, List<String>> names) throws IOException {
    Map<Path, List<String>> withIds = new LinkedHashMap<>();
    for (Map.Entry<Path, List<String>> directory : names.entrySet()) {
      List<String> logs = new ArrayList<>();
      for (String name : directory.getValue()) {
        logs.add(name + ", topic id " + LogManager.topicId(disk, directory.getKey(), name) + ",");
      }
      withIds.put(directory.getKey(), logs);
    }
    return withIds;
  }

  private static Set<String> others(Map<Path, List<String>> names) {
    Set<String> others = new TreeSet<>();
    names.values().forEach(others::addAll);
    others.remove(MetadataLog.NAME);
    return others;
  }

  private void checkNoneMissing(MetadataInspection inspection) {
    List<String> ids = new ArrayList<>();
    int unreadable = 0;
    for (Path directory : directories) {
      try {
        MetaProperties owner = MetaProperties.read(disk, directory);
        if (owner != null) {
          ids.add(owner.directoryId());
        }
      } catch (IOException e) {
        unreadable++;
      }
    }
    BrokerStorage.checkNoneMissing(
        ids, unreadable, BrokerStorage.registeredDirectories(inspection.image(), config));
  }
}
