package io.tailrace.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class ReportPageTest {
  private static final Pattern RAW =
      Pattern.compile("(<(script|style)[^>]*>)(.*?)(</\\2>)", Pattern.DOTALL);

  private final String page = ReportPage.of(Runs.of(Runs.threeContenders()));

  @Test
  void isWellFormed() throws Exception {
    Document document = parse(page);
    assertThat(document.getElementsByTagName("section").getLength()).isEqualTo(2);
    assertThat(document.getElementsByTagName("canvas").getLength()).isEqualTo(3);
    assertThat(document.getElementsByTagName("script").getLength()).isEqualTo(3);
  }

  @Test
  void loadsNothing() throws Exception {
    Document document = parse(page);
    NodeList all = document.getElementsByTagName("*");
    for (int i = 0; i < all.getLength(); i++) {
      Element element = (Element) all.item(i);
      assertThat(element.getTagName()).isNotIn("link", "img", "iframe", "object", "embed", "base");
      assertThat(element.hasAttribute("src")).isFalse();
      assertThat(element.getAttribute("href")).matches("|#[a-z0-9-]+");
    }
    assertThat(PageFiles.style()).doesNotContain("@import").doesNotContain("url(");
    assertThat(page).contains("default-src &#39;none&#39;");
  }

  @Test
  void runsNoScriptButItsOwn() throws Exception {
    String policy =
        ((Element) parse(page).getElementsByTagName("meta").item(1)).getAttribute("content");
    assertThat(policy).doesNotContain("script-src 'unsafe-inline'").contains("'sha256-");
    assertThat(page).contains(PageFiles.chartJs()).contains(PageFiles.plots());
  }

  @Test
  void showsFiguresGoalsAndMachineWithoutScripts() throws Exception {
    String text = parse(page).getDocumentElement().getTextContent().replaceAll("\\s+", " ");
    assertThat(text)
        .contains("2 of 3 goals met")
        .contains("missed by 10 %")
        .contains("1,600,000")
        .contains("A CPU, 2 cores")
        .contains("MIT licence");
  }

  @Test
  void hostileNamesAreOnlyText() throws Exception {
    String hostile = ReportPage.of(Runs.of(Runs.hostile()));
    Document document = parse(hostile);
    assertThat(document.getElementsByTagName("script").getLength()).isEqualTo(3);
    assertThat(document.getElementsByTagName("img").getLength()).isZero();
    assertThat(hostile).doesNotContain("onload=\"").doesNotContain("<img");
    String text = document.getDocumentElement().getTextContent();
    Runs.HOSTILE.forEach(name -> assertThat(text).contains(name));
  }

  @Test
  void theDataInItIsTheRun() {
    for (Results results : List.of(Runs.threeContenders(), Runs.hostile())) {
      Run run = Runs.of(results);
      MatchResult data =
          RAW.matcher(ReportPage.of(run))
              .results()
              .filter(script -> script.group(1).contains("application/json"))
              .findFirst()
              .orElseThrow();
      assertThat(ReportJson.of(ReportJson.read(data.group(3)))).isEqualTo(ReportJson.of(run));
    }
  }

  @Test
  void rawContentCannotEndItsElement() {
    assertThatThrownBy(() -> new Html().raw("script", "x </SCRIPT> y"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Html().raw("script", "<!-- <script>"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** As XML, once the few elements that HTML does not close are closed, and raw content is text. */
  private static Document parse(String page) throws Exception {
    String xml =
        RAW.matcher(page.replace("<!doctype html>", ""))
            .replaceAll(raw ->
                Matcher.quoteReplacement(raw.group(1) + Html.escape(raw.group(3)) + raw.group(4)))
            .replaceAll("(<meta [^>]*)>", "$1/>");
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    return factory.newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
  }
}
