package io.tailrace.broker.api;

import io.tailrace.broker.group.GroupCoordinator;
import io.tailrace.metadata.BrokerImage;
import io.tailrace.metadata.ClusterImage;
import io.tailrace.metadata.PartitionImage;
import io.tailrace.metadata.TopicImage;
import io.tailrace.metadata.TopicNames;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.FindCoordinatorRequest;
import io.tailrace.protocol.message.FindCoordinatorResponse;
import io.tailrace.protocol.message.FindCoordinatorResponse.Coordinator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * FindCoordinator v0–6: which broker leads the partition that a group lives in. The topic is made
 * when it is first asked for, and the answer waits for it; Kafka lets the client ask again.
 */
final class FindCoordinatorHandler implements ApiHandler {
  private static final byte GROUP = 0;
  private static final byte TRANSACTION = 1;
  private static final byte SHARE = 2;

  /** First version that asks for several at once (KIP-699). */
  private static final int SEVERAL = 4;

  private static final int NO_NODE = -1;

  private final GroupCoordinator groups;
  private final Supplier<ClusterImage> image;

  FindCoordinatorHandler(GroupCoordinator groups, Supplier<ClusterImage> image) {
    this.groups = groups;
    this.image = image;
  }

  @Override
  public ApiKey apiKey() {
    return ApiKey.FIND_COORDINATOR;
  }

  @Override
  public void handle(ApiRequest request) {
    FindCoordinatorRequest body = request.read(new FindCoordinatorRequest());
    if (body.keyType() != GROUP) {
      request.respond(answer(request, body, refusal(body.keyType())));
      return;
    }
    groups.ensureTopic().thenAccept(error -> request.respond(answer(request, body, error)));
  }

  private static ErrorCode refusal(byte keyType) {
    return switch (keyType) {
      case TRANSACTION, SHARE -> ErrorCode.COORDINATOR_NOT_AVAILABLE;
      default -> ErrorCode.INVALID_REQUEST;
    };
  }

  private FindCoordinatorResponse answer(
      ApiRequest request, FindCoordinatorRequest body, ErrorCode error) {
    ClusterImage now = image.get();
    String listener = request.session().listener();
    if (request.version() < SEVERAL) {
      Coordinator found = find(body.key(), error, now, listener);
      return new FindCoordinatorResponse()
          .errorCode(found.errorCode())
          .errorMessage(found.errorMessage())
          .nodeId(found.nodeId())
          .host(found.host())
          .port(found.port());
    }
    List<Coordinator> coordinators = new ArrayList<>(body.coordinatorKeys().size());
    for (String key : body.coordinatorKeys()) {
      coordinators.add(find(key, error, now, listener));
    }
    return new FindCoordinatorResponse().coordinators(coordinators);
  }

  private Coordinator find(String group, ErrorCode error, ClusterImage now, String listener) {
    if (error != ErrorCode.NONE) {
      return failed(group, error, error.defaultMessage());
    }
    String offline = groups.offlineReason(group);
    if (offline != null) {
      return failed(group, ErrorCode.COORDINATOR_NOT_AVAILABLE, offline);
    }
    BrokerImage.Endpoint endpoint = null;
    int leader = leader(group, now);
    BrokerImage broker = now.brokers().get(leader);
    if (broker != null && broker.isActive()) {
      endpoint = broker.endpoint(listener);
    }
    return endpoint == null
        ? failed(
            group,
            ErrorCode.COORDINATOR_NOT_AVAILABLE,
            ErrorCode.COORDINATOR_NOT_AVAILABLE.defaultMessage())
        : new Coordinator().key(group).nodeId(leader).host(endpoint.host()).port(endpoint.port());
  }

  private static int leader(String group, ClusterImage now) {
    TopicImage topic = now.topic(TopicNames.CONSUMER_OFFSETS);
    @Nullable PartitionImage partition =
        topic == null ? null : topic.partition(GroupCoordinator.partitionOf(group, now));
    return partition == null ? NO_NODE : partition.leader();
  }

  private static Coordinator failed(String group, ErrorCode error, String message) {
    return new Coordinator()
        .key(group)
        .nodeId(NO_NODE)
        .host("")
        .port(-1)
        .errorCode(error.code())
        .errorMessage(message);
  }
}
