package io.tailrace.broker.api;

import io.tailrace.metadata.BrokerImage;
import io.tailrace.metadata.ClusterImage;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DescribeClusterRequest;
import io.tailrace.protocol.message.DescribeClusterResponse;
import io.tailrace.protocol.message.DescribeClusterResponse.DescribeClusterBroker;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** DescribeCluster v0–2 (KIP-700, KIP-919, KIP-1073). */
final class DescribeClusterHandler implements ApiHandler {
  private static final byte BROKERS = 1;

  private final Supplier<ClusterImage> image;
  private final int brokerId;

  DescribeClusterHandler(Supplier<ClusterImage> image, int brokerId) {
    this.image = image;
    this.brokerId = brokerId;
  }

  @Override
  public ApiKey apiKey() {
    return ApiKey.DESCRIBE_CLUSTER;
  }

  @Override
  public void handle(ApiRequest request) {
    DescribeClusterRequest body = request.read(new DescribeClusterRequest());
    if (body.endpointType() != BROKERS) {
      request.respond(
          new DescribeClusterResponse()
              .errorCode(ErrorCode.MISMATCHED_ENDPOINT_TYPE.code())
              .errorMessage("this listener is for clients: ask for brokers, not controllers"));
      return;
    }
    ClusterImage now = image.get();
    List<DescribeClusterBroker> brokers = new ArrayList<>();
    for (BrokerImage broker : now.brokers().values()) {
      BrokerImage.Endpoint endpoint = broker.endpoint(request.session().listener());
      if (endpoint != null && (broker.isActive() || body.includeFencedBrokers())) {
        brokers.add(
            new DescribeClusterBroker()
                .brokerId(broker.id())
                .host(endpoint.host())
                .port(endpoint.port())
                .rack(broker.rack())
                .isFenced(broker.fenced()));
      }
    }
    DescribeClusterResponse response =
        new DescribeClusterResponse()
            .clusterId(now.clusterId())
            .controllerId(brokerId)
            .brokers(brokers);
    if (body.includeClusterAuthorizedOperations()) {
      response.clusterAuthorizedOperations(AuthorizedOperations.CLUSTER);
    }
    request.respond(response);
  }
}
