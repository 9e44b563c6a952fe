package io.tailrace.broker.api;

import io.tailrace.protocol.ApiKey;

/**
 * Serves the requests of one API key. Each event loop has its own instances and calls them only on
 * its own thread, so a handler may keep scratch state; what it shares with others must be safe for
 * that.
 *
 * <p>A handler answers each request once, now or later, from any thread. It never blocks: work that
 * may wait for a disk goes to an executor.
 */
public interface ApiHandler {

  ApiKey apiKey();

  /** Lowest version that this handler serves; ApiVersions tells clients. */
  default short lowestVersion() {
    return apiKey().lowestVersion();
  }

  /** Highest version that this handler serves; ApiVersions tells clients. */
  default short highestVersion() {
    return apiKey().highestVersion();
  }

  /**
   * Serves one request.
   *
   * @throws io.tailrace.protocol.MalformedMessageException if the body can't be decoded: the
   *     connection is closed
   */
  void handle(ApiRequest request);
}
