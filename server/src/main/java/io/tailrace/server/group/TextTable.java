package io.tailrace.server.group;

import java.util.ArrayList;
import java.util.List;

/** Rows of cells for a terminal, each column as wide as it has to be; numbers to the right. */
final class TextTable {
  private final List<List<String>> rows = new ArrayList<>();
  private final List<Boolean> numeric = new ArrayList<>();

  /** A column of words, which must be added before the first row. */
  TextTable words(String title) {
    return column(title, false);
  }

  /** A column of numbers, which must be added before the first row. */
  TextTable numbers(String title) {
    return column(title, true);
  }

  private TextTable column(String title, boolean isNumeric) {
    if (rows.isEmpty()) {
      rows.add(new ArrayList<>());
    }
    rows.getFirst().add(title);
    numeric.add(isNumeric);
    return this;
  }

  /** One cell for each column. Control characters become question marks: names may have any. */
  void row(String... cells) {
    List<String> row = new ArrayList<>();
    for (String cell : cells) {
      row.add(cell.replaceAll("\\p{Cntrl}", "?"));
    }
    rows.add(row);
  }

  /** A number, or a dash for what is not known. */
  static String number(long value) {
    return value < 0 ? "-" : Long.toString(value);
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        String cell = row.get(column);
        String padding = " ".repeat(width(column) - cell.length());
        line.append(column == 0 ? "" : "  ")
            .append(numeric.get(column) ? padding + cell : cell + padding);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }
}
