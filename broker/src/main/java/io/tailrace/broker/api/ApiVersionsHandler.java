package io.tailrace.broker.api;

import io.tailrace.metadata.ClusterImage;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ApiVersionsRequest;
import io.tailrace.protocol.message.ApiVersionsResponse;
import io.tailrace.protocol.message.ApiVersionsResponse.ApiVersion;
import io.tailrace.protocol.message.ApiVersionsResponse.FinalizedFeatureKey;
import io.tailrace.protocol.message.ApiVersionsResponse.SupportedFeatureKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * ApiVersions v0–4 (KIP-35, KIP-511): the first request of most clients. The answer is derived from
 * the handlers themselves. A version that we don't know is answered in v0 form with
 * UNSUPPORTED_VERSION and our own range, so that a newer client can try again.
 */
final class ApiVersionsHandler implements ApiHandler {
  private static final Pattern SOFTWARE =
      Pattern.compile("[a-zA-Z0-9](?:[a-zA-Z0-9\\-.]*[a-zA-Z0-9])?");

  private final Supplier<ClusterImage> image;
  private List<ApiVersion> served = List.of();

  ApiVersionsHandler(Supplier<ClusterImage> image) {
    this.image = image;
  }

  /** Tells which handlers there are; this one among them. */
  void served(Collection<ApiHandler> handlers) {
    served =
        handlers.stream()
            .sorted(Comparator.comparingInt(handler -> handler.apiKey().id()))
            .map(handler ->
                new ApiVersion()
                    .apiKey(handler.apiKey().id())
                    .minVersion(lowestPromised(handler))
                    .maxVersion(handler.highestVersion()))
            .toList();
  }

  /**
   * Produce is promised from v0, as Kafka does it: librdkafka compresses only for brokers that know
   * v0, without ever using it (KAFKA-18659).
   */
  private static short lowestPromised(ApiHandler handler) {
    return handler.apiKey() == ApiKey.PRODUCE ? 0 : handler.lowestVersion();
  }

  @Override
  public ApiKey apiKey() {
    return ApiKey.API_VERSIONS;
  }

  @Override
  public void handle(ApiRequest request) {
    ApiVersionsRequest body = request.read(new ApiVersionsRequest());
    if (request.version() >= 3) {
      if (!isName(body.clientSoftwareName()) || !isName(body.clientSoftwareVersion())) {
        request.respond(new ApiVersionsResponse().errorCode(ErrorCode.INVALID_REQUEST.code()));
        return;
      }
      request.session().software(body.clientSoftwareName(), body.clientSoftwareVersion());
    }
    ClusterImage now = image.get();
    List<FinalizedFeatureKey> finalized = new ArrayList<>();
    List<SupportedFeatureKey> supported = new ArrayList<>();
    now.features()
        .forEach((name, level) -> {
          finalized.add(
              new FinalizedFeatureKey().name(name).minVersionLevel(level).maxVersionLevel(level));
          supported.add(new SupportedFeatureKey().name(name).minVersion(level).maxVersion(level));
        });
    request.respond(
        new ApiVersionsResponse()
            .apiKeys(served)
            .supportedFeatures(supported)
            .finalizedFeatures(finalized)
            .finalizedFeaturesEpoch(now.nextOffset()));
  }

  /** The answer to a version of this request that we don't know; to be sent as v0. */
  ApiVersionsResponse unsupportedVersion() {
    ApiVersion own =
        new ApiVersion()
            .apiKey(apiKey().id())
            .minVersion(lowestVersion())
            .maxVersion(highestVersion());
    return new ApiVersionsResponse()
        .errorCode(ErrorCode.UNSUPPORTED_VERSION.code())
        .apiKeys(List.of(own));
  }

  private static boolean isName(String text) {
    return SOFTWARE.matcher(text).matches();
  }
}
