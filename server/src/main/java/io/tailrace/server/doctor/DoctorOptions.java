package io.tailrace.server.doctor;

import io.tailrace.server.options.OptionWords;
import io.tailrace.server.options.UsageException;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands behind {@code tailrace doctor}.
 *
 * @param data the folders to look at
 * @param yes the consequences of a repair need no further question
 */
record DoctorOptions(List<String> data, boolean json, boolean repair, boolean yes, boolean help) {
  private static final List<String> NAMES =
      List.of("--data", "--json", "--repair", "--yes", "--help");
  private static final String DEFAULT_DATA = "./data";

  static DoctorOptions parse(List<String> words) throws UsageException {
    OptionWords options = new OptionWords(words);
    List<String> data = new ArrayList<>();
    boolean json = false;
    boolean repair = false;
    boolean yes = false;
    boolean help = false;
    for (String name = options.next(); name != null; name = options.next()) {
      switch (name) {
        case "--data" -> data.add(options.value());
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
    return new DoctorOptions(
        data.isEmpty() ? List.of(DEFAULT_DATA) : data, json, repair, yes, help);
  }
}
