package io.tailrace.server.group;

import io.tailrace.server.client.BrokerAddress;
import io.tailrace.server.options.OptionWords;
import io.tailrace.server.options.UsageException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind {@code tailrace group}.
 *
 * @param group to describe; null to list all
 */
record GroupOptions(@Nullable String group, BrokerAddress bootstrap, boolean json, boolean help) {
  private static final List<String> NAMES = List.of("--bootstrap", "--json", "--help");
  private static final BrokerAddress DEFAULT_BOOTSTRAP = new BrokerAddress("127.0.0.1", 9092);

  static GroupOptions parse(List<String> words) throws UsageException {
    OptionWords options = new OptionWords(words);
    List<String> operands = new ArrayList<>();
    BrokerAddress bootstrap = DEFAULT_BOOTSTRAP;
    boolean json = false;
    boolean help = false;
    for (String name = options.next(); name != null; name = options.next()) {
      switch (name) {
        case "--bootstrap", "--bootstrap-server" -> bootstrap = address(name, options.value());
        case "--json" -> json = options.flag();
        case "-h", "--help" -> help = options.flag();
        default -> {
          if (name.startsWith("--")) {
            throw options.unknown(NAMES);
          }
          operands.add(name);
        }
      }
    }
    return new GroupOptions(help ? null : group(operands), bootstrap, json, help);
  }

  private static @Nullable String group(List<String> operands) throws UsageException {
    String action = operands.isEmpty() ? "" : operands.getFirst();
    int count = operands.size();
    if (action.equals("list") && count == 1) {
      return null;
    }
    if (action.equals("describe") && count == 2) {
      return operands.get(1);
    }
    throw new UsageException(
        switch (action) {
          case "" -> "group needs to be told what to do: list, or describe GROUP";
          case "list" -> "group list takes no names; for one group there is group describe GROUP";
          case "describe" -> "group describe takes the name of one group";
          default -> "there is no group " + action + ": write list, or describe GROUP";
        });
  }

  private static BrokerAddress address(String option, String text) throws UsageException {
    try {
      return BrokerAddress.parse(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException(option + " " + e.getMessage());
    }
  }
}
