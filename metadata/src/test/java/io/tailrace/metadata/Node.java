package io.tailrace.metadata;

import io.tailrace.env.Environment;
import io.tailrace.log.LogManager;
import io.tailrace.log.LogManagerSettings;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.CreateTopicsRequest.CreatableTopic;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A controller on a data directory, as a broker runs it. */
final class Node implements AutoCloseable {
  /** Held, because a logger nobody holds forgets its level: tests break disks by the thousand. */
  private static final Logger QUIET = Logger.getLogger("io.tailrace");

  static {
    QUIET.setLevel(Level.OFF);
  }

  final LogManager logs;
  final Controller controller;

  /** What the listener was told, in order. */
  final List<ImageChanges> heard = new ArrayList<>();

  private Node(LogManager logs, Controller controller, AppliedDeletions deletions) {
    this.logs = logs;
    this.controller = controller;
    // On the controller's thread, so that a seed gives the same calls to the disk.
    controller.start((before, after, changes) -> heard.add(changes), deletions, Runnable::run);
  }

  static Node start(Path directory) throws Exception {
    return start(directory, Environment.system());
  }

  static Node start(Path directory, Environment environment) throws Exception {
    return start(directory, environment, MetadataLogSettings.DEFAULT);
  }

  static Node start(Path directory, Environment environment, MetadataLogSettings log)
      throws Exception {
    return start(directory, environment, log, () -> true);
  }

  static Node start(
      Path directory, Environment environment, MetadataLogSettings log, AppliedDeletions deletions)
      throws Exception {
    LogManagerSettings settings = LogManagerSettings.DEFAULT.keepWhole(MetadataLog.NAME);
    LogManager logs = LogManager.open(environment, directory, settings);
    try {
      return new Node(
          logs,
          Controller.open(
              MetadataLog.open(logs, Set.of(), log, environment.disk()),
              TestCluster.ID,
              ControllerSettings.defaults(),
              TestCluster.POLICY,
              environment),
          deletions);
    } catch (Exception e) {
      closeQuietly(logs);
      throw e;
    }
  }

  private static void closeQuietly(LogManager logs) {
    try {
      logs.close();
    } catch (IOException e) {
      // The failure under test is the one to report.
    }
  }

  long registerBroker() {
    return controller.registerBroker(TestCluster.registration(1)).join().brokerEpoch();
  }

  ErrorCode create(CreatableTopic topic) {
    CreateTopicsRequest request = new CreateTopicsRequest().topics(List.of(topic));
    var response = controller.createTopics(request, (short) 7).join();
    return ErrorCode.forCode(response.topics().getFirst().errorCode());
  }

  ErrorCode delete(String topic) {
    DeleteTopicsRequest request = new DeleteTopicsRequest().topicNames(List.of(topic));
    var response = controller.deleteTopics(request, (short) 5).join();
    return ErrorCode.forCode(response.responses().getFirst().errorCode());
  }

  /** Ends the threads, whatever becomes of the files. */
  void abandon() {
    controller.close();
    closeQuietly(logs);
  }

  /** Ends in order. */
  @Override
  public void close() throws IOException {
    controller.close();
    logs.close();
  }
}
