package io.tailrace.server;

import io.tailrace.broker.config.BrokerConfigs;
import io.tailrace.broker.config.ConfigKey;
import io.tailrace.broker.config.ConfigTable;
import io.tailrace.broker.config.GroupConfig;
import io.tailrace.broker.config.TopicConfigs;

/** Writes docs/configuration.md from the definitions of the settings. */
final class ConfigurationReference {
  private static final String INTRODUCTION =
      """
      # Configuration

      Tailrace needs none: `./tailrace start` listens on 127.0.0.1:9092 and keeps its data in
      `./data`. Settings have Kafka's names, types, defaults and ranges; a `server.properties`
      written for Kafka can be used as it is.

      ## Where settings come from

      The stronger source wins, from weak to strong:

      1. the defaults below
      2. the file named by `--config`, in the format of Java properties, UTF-8
      3. environment variables: `TAILRACE_` and the name in capitals, with underscores for dots, as
         in `TAILRACE_NUM_PARTITIONS=3`
      4. `-o name=value`, which may be repeated; of two for one name the last counts
      5. `--listen HOST:PORT` (listeners), `--advertise HOST:PORT` (advertised.listeners) and
         `--data DIR` (log.dirs)
      6. for settings marked *live*: what AlterConfigs sets while the broker runs, for all brokers or
         for this one (`kafka-configs.sh --alter --entity-type brokers`)

      A value given in a stronger source under another name or unit wins too:
      `-o log.retention.hours=1` over `log.retention.ms` in the file. Within one source the smaller
      unit counts.

      A wrong type, a value out of range, or, in the environment and on the command line, an unknown
      name stops the start with a line that names file and line, variable or option. In the file an
      unknown name is a warning, and names that only Kafka has a use for are listed in one line.

      Of a topic's settings, those that name a broker setting as default follow it, also when it
      changes.

      Settings in *italics* are stored, checked and described, but nothing acts on them yet.
      """;

  private ConfigurationReference() {}

  /** The whole page. */
  static String page() {
    StringBuilder page = new StringBuilder(INTRODUCTION);
    page.append("\n## Broker settings\n\n");
    page.append("| name | type | default | allowed | change | what it does |\n");
    page.append("|---|---|---|---|---|---|\n");
    appendRows(page, BrokerConfigs.TABLE);
    page.append("\n## Topic settings\n\nAll of them are live.\n\n");
    page.append("| name | type | default | allowed | what it does |\n");
    page.append("|---|---|---|---|---|\n");
    appendRows(page, TopicConfigs.TABLE);
    page.append("\n## Group settings\n\nOf groups of the consumer protocol (KIP-848).");
    page.append(" All of them are live, and lie within what the broker's settings allow.\n\n");
    page.append("| name | type | default | allowed | what it does |\n");
    page.append("|---|---|---|---|---|\n");
    appendRows(page, GroupConfig.TABLE);
    page.append("\n(Made from the code by `ConfigurationReferenceTest`; do not edit.)\n");
    return page.toString();
  }

  private static void appendRows(StringBuilder page, ConfigTable table) {
    for (ConfigKey<?> key : table.keys()) {
      String mark = key.effective() ? "" : "*";
      page.append("| ").append(mark).append(key.name()).append(mark);
      page.append(" | ").append(key.type().name());
      page.append(" | ").append(defaultText(key));
      page.append(" | ").append(key.rangeText());
      if (table == BrokerConfigs.TABLE) {
        page.append(" | ").append(key.live() ? "live" : "restart");
      }
      page.append(" | ").append(key.documentation()).append(" |\n");
    }
  }

  private static String defaultText(ConfigKey<?> key) {
    ConfigKey<?> brokerKey = key.brokerKey();
    if (brokerKey != null) {
      return brokerKey.name();
    }
    return key.defaultText().isEmpty() ? "(empty)" : key.defaultText();
  }
}
