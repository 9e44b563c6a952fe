package io.tailrace.server;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which environment variable stands for which setting. */
final class EnvironmentVariables {
  private static final String PREFIX = "TAILRACE_";

  /** Read by the launcher. */
  private static final String JAVA_OPTS = "TAILRACE_JAVA_OPTS";

  private EnvironmentVariables() {}

  /** {@code num.partitions} for TAILRACE_NUM_PARTITIONS; null if it is no setting of ours. */
  static @Nullable String settingName(String variable) {
    if (!variable.startsWith(PREFIX) || variable.equals(JAVA_OPTS) || isServiceLink(variable)) {
      return null;
    }
    return variable.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '.');
  }

  /** Kubernetes sets such variables for each service, and one may well be called tailrace. */
  private static boolean isServiceLink(String variable) {
    return Pattern.matches(
        "TAILRACE_(.+_)?(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT|PORT_[0-9]+_(TCP|UDP)(_.*)?)",
        variable);
  }
}
