package io.tailrace.server;

import io.tailrace.broker.config.BrokerConfig;
import io.tailrace.broker.config.Listener;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a broker's user sees when it has started. */
final class StartScreen {
  private StartScreen() {}

  /** The screen; {@code bootstrap} is where clients connect. */
  static String text(String version, String bootstrap, List<Path> data) {
    return "\nTailrace "
        + version
        + "\n\n  address   "
        + bootstrap
        + "\n  data      "
        + data.stream().map(Path::toString).collect(Collectors.joining("\n            "))
        + "\n  stop      Ctrl-C\n\nTry it:\n  echo hello | kcat -P -b "
        + bootstrap
        + " -t first\n  kcat -C -e -b "
        + bootstrap
        + " -t first\n  kafka-console-consumer.sh --bootstrap-server "
        + bootstrap
        + " --topic first --partition 0 --from-beginning\n\n";
  }

  /** Where someone on another machine could connect; null if nowhere. */
  static @Nullable String openAddress(BrokerConfig config) {
    for (Listener listener : config.listeners()) {
      if (listener.wildcard()) {
        return "port " + listener.port() + " of this machine";
      }
      if (!isLoopback(listener.host())) {
        return listener.address();
      }
    }
    return null;
  }

  private static boolean isLoopback(String host) {
    return host.startsWith("127.") || host.equals("::1") || host.equals("localhost");
  }
}
