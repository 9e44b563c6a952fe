package io.tailrace.protocol.generator;

/** A Java file while it is written: lines, indented by the braces that open and close. */
final class JavaSource {
  private final StringBuilder text = new StringBuilder();
  private int depth;

  /** Adds a line; one that ends in an opening brace indents what follows. */
  JavaSource line(String line) {
    if (line.startsWith("}")) {
      depth--;
    }
    if (!line.isEmpty()) {
      text.append("  ".repeat(depth)).append(line);
    }
    text.append('\n');
    if (line.endsWith("{")) {
      depth++;
    }
    return this;
  }

  JavaSource blank() {
    return line("");
  }

  /** Adds a documentation comment with the schema's words, which may hold anything. */
  JavaSource doc(String words) {
    if (!words.isEmpty()) {
      line(
          "/** "
              + words
                  .replace("&", "&amp;")
                  .replace("<", "&lt;")
                  .replace(">", "&gt;")
                  .replace("@", "&#64;")
                  .replace("*/", "*&#47;")
                  .replace("\\", "&#92;")
              + " */");
    }
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
