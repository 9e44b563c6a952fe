package io.tailrace.bench.report;

import java.util.ArrayList;
import java.util.List;

/** Rows of cells for a terminal, each column as wide as it has to be. */
final class TextTable {
  private final int leftAligned;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * @param leftAligned how many columns, from the first on, are words; the others are numbers
   */
  TextTable(int leftAligned) {
    this.leftAligned = leftAligned;
  }

  /** All rows have as many cells. */
  void add(List<String> row) {
    rows.add(List.copyOf(row));
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        String cell = row.get(column);
        String padding = " ".repeat(width(column) - cell.length());
        line.append("  ").append(column < leftAligned ? cell + padding : padding + cell);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }
}
