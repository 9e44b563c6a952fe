package io.tailrace.server.doctor;

import io.tailrace.server.options.OptionWords;
import io.tailrace.server.options.UsageException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind {@code tailrace doctor}.
 *
 * @param data the folders to look at, with commas between them, as a start takes them
 * @param overrides the {@code key=value} of each -o, in order
 * @param yes the consequences of a repair need no further question
 */
record DoctorOptions(
    @Nullable String data,
    @Nullable String config,
    List<String> overrides,
    boolean json,
    boolean repair,
    boolean yes,
    boolean help) {
  private static final List<String> NAMES =
      List.of("--data", "--config", "--json", "--repair", "--yes", "--help");

  static DoctorOptions parse(List<String> words) throws UsageException {
    OptionWords options = new OptionWords(words);
    String data = null;
    String config = null;
    List<String> overrides = new ArrayList<>();
    boolean json = false;
    boolean repair = false;
    boolean yes = false;
    boolean help = false;
    for (String name = options.next(); name != null; name = options.next()) {
      switch (name) {
        case "--data" -> data = data == null ? options.value() : data + "," + options.value();
        case "--config" -> config = options.value();
        case "-o", "--override" -> overrides.add(options.value());
        case "--json" -> json = options.flag();
        case "--repair" -> repair = options.flag();
        case "--yes" -> yes = options.flag();
        case "-h", "--help" -> help = options.flag();
        default -> throw options.unknown(NAMES);
      }
    }
    if (yes && !repair) {
      throw new UsageException("--yes says yes to --repair, which is not there");
    }
    return new DoctorOptions(data, config, overrides, json, repair, yes, help);
  }
}
