package io.tailrace.server.doctor;

import io.tailrace.log.LogFinding;
import io.tailrace.log.LogInspection.Report;
import io.tailrace.server.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The same as {@link DoctorText}, for programs; null for unknown. */
final class DoctorJson {
  private DoctorJson() {}

  static String reports(List<Report> reports) {
    return Json.text(reports.stream().map(DoctorJson::report).toList()) + "\n";
  }

  private static Map<String, @Nullable Object> report(Report report) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("directory", report.directory().toString());
    fields.put("closedInOrder", report.clean());
    fields.put("logs", report.logs());
    fields.put("bytes", report.bytes());
    fields.put("findings", report.findings().stream().map(DoctorJson::finding).toList());
    return fields;
  }

  private static Map<String, @Nullable Object> finding(LogFinding finding) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("problem", finding.problem());
    fields.put("log", finding.log());
    fields.put("file", finding.file());
    fields.put("position", known(finding.position()));
    fields.put("firstOffset", known(finding.firstOffset()));
    fields.put("endOffset", known(finding.endOffset()));
    fields.put("what", finding.what());
    fields.put("atStart", finding.atStart());
    fields.put("byRepair", finding.byRepair());
    return fields;
  }

  private static @Nullable Long known(long value) {
    return value < 0 ? null : value;
  }
}
