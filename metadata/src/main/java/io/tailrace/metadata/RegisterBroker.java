package io.tailrace.metadata;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.BrokerRegistrationRequest;
import io.tailrace.protocol.message.BrokerRegistrationResponse;
import io.tailrace.protocol.message.RegisterBrokerRecord;
import java.util.List;

/**
 * Takes a broker into the cluster at each of its starts. The local broker is alive by definition,
 * so it is not fenced, as it would be by KRaft until its first heartbeat.
 */
final class RegisterBroker implements Operation<BrokerRegistrationResponse> {
  private final BrokerRegistrationRequest request;

  RegisterBroker(BrokerRegistrationRequest request) {
    this.request = request;
  }

  @Override
  public Change<BrokerRegistrationResponse> decide(ClusterImage image) {
    if (!request.clusterId().equals(image.clusterId())) {
      return new Change<>(List.of(), refuse(ErrorCode.INCONSISTENT_CLUSTER_ID, ""));
    }
    long epoch = image.nextOffset();
    RegisterBrokerRecord record =
        new RegisterBrokerRecord()
            .brokerId(request.brokerId())
            .incarnationId(request.incarnationId())
            .brokerEpoch(epoch)
            .endPoints(
                request.listeners().stream()
                    .map(it ->
                        new RegisterBrokerRecord.BrokerEndpoint()
                            .name(it.name())
                            .host(it.host())
                            .port(it.port())
                            .securityProtocol(it.securityProtocol()))
                    .toList())
            .features(
                request.features().stream()
                    .map(it ->
                        new RegisterBrokerRecord.BrokerFeature()
                            .name(it.name())
                            .minSupportedVersion(it.minSupportedVersion())
                            .maxSupportedVersion(it.maxSupportedVersion()))
                    .toList())
            .rack(request.rack())
            .fenced(false)
            .logDirs(request.logDirs());
    return new Change<>(List.of(record), new BrokerRegistrationResponse().brokerEpoch(epoch));
  }

  @Override
  public BrokerRegistrationResponse refuse(ErrorCode code, String message) {
    return new BrokerRegistrationResponse().errorCode(code.code());
  }
}
