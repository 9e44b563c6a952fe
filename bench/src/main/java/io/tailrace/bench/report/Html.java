package io.tailrace.bench.report;

import java.util.Locale;

/** Builds an HTML document; all text and all values of attributes are escaped. */
final class Html {
  private final StringBuilder out = new StringBuilder("<!doctype html>\n");

  /**
   * @param attributes name, value, name, value, …
   */
  Html open(String tag, String... attributes) {
    out.append('<').append(tag);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      out.append(escape(attributes[i + 1])).append('"');
    }
    out.append('>');
    return this;
  }

  Html close(String tag) {
    out.append("</").append(tag).append(">\n");
    return this;
  }

  Html text(String text) {
    out.append(escape(text));
    return this;
  }

  /** An element that has nothing but text. */
  Html element(String tag, String text, String... attributes) {
    return open(tag, attributes).text(text).close(tag);
  }

  /**
   * Script, style or data, which a browser takes as it is, up to the end tag.
   *
   * @throws IllegalArgumentException if the content would end the element, or open a comment
   */
  Html raw(String tag, String content, String... attributes) {
    String lower = content.toLowerCase(Locale.ROOT);
    if (lower.contains("</" + tag) || lower.contains("<!--")) {
      throw new IllegalArgumentException("content that ends its own <" + tag + ">");
    }
    open(tag, attributes);
    out.append(content);
    return close(tag);
  }

  String document() {
    return out.toString();
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
