package io.tailrace.log;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an inspection finds in one log, or in a data directory beside its logs. For one thread. */
final class Findings {
  static final String NOTHING = "nothing";

  private final @Nullable String log;
  private final List<LogFinding> list = new ArrayList<>();

  Findings(@Nullable String log) {
    this.log = log;
  }

  List<LogFinding> list() {
    return list;
  }

  void problem(Path file, String what, String atStart, @Nullable String byRepair) {
    list.add(new LogFinding(true, log, file.toString(), -1, -1, -1, what, atStart, byRepair));
  }

  void note(Path file, String what, String atStart) {
    list.add(new LogFinding(false, log, file.toString(), -1, -1, -1, what, atStart, null));
  }

  void problemAt(Path file, Damage where, String what, String atStart, @Nullable String byRepair) {
    list.add(at(true, file, where, what, atStart, byRepair));
  }

  void noteAt(Path file, Damage where, String what, String atStart) {
    list.add(at(false, file, where, what, atStart, null));
  }

  private LogFinding at(
      boolean problem,
      Path file,
      Damage where,
      String what,
      String atStart,
      @Nullable String byRepair) {
    return new LogFinding(
        problem,
        log,
        file.toString(),
        where.position(),
        where.from(),
        where.to(),
        what,
        atStart,
        byRepair);
  }
}
