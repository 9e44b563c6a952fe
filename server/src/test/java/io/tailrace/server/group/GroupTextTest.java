package io.tailrace.server.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.server.json.Json;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupTextTest {
  @ParameterizedTest
  @CsvSource({
    "-1, -",
    "0, 0 s",
    "1, 1 ms",
    "999, 999 ms",
    "1000, 1 s",
    "119999, 119 s",
    "120000, 2 min",
    "7199999, 119 min",
    "7200000, 2 h",
    "172799999, 47 h",
    "172800000, 2 d",
    "9223372036854775807, 106751991167 d",
  })
  void agesAreInWholeUnits(long ms, String text) {
    assertThat(GroupText.age(ms)).isEqualTo(text);
  }

  @Test
  void withoutGroupsItSaysSo() {
    assertThat(GroupText.list(List.of())).isEqualTo("There are no groups.\n");
    assertThat(GroupJson.list(List.of())).isEqualTo("[]\n");
  }

  /** A client id may hold whatever its writer likes, also what moves a terminal's cursor. */
  @Test
  void controlCharactersDoNotReachTheTerminal() {
    TextTable table = new TextTable().words("a");
    table.row("x\u001b[2Jy\n\u007f");
    assertThat(table.text()).isEqualTo("a\nx?[2Jy??\n");
  }

  @Test
  void jsonIsQuoted() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("a\"\\", Arrays.asList(1, null, -5L));
    map.put("b", "\u0001\n\u00e4\ud83d\ude00");
    map.put("c", Map.of());
    map.put("d", List.of());
    assertThat(Json.text(map))
        .isEqualTo(
            "{\"a\\\"\\\\\":[1,null,-5],\"b\":\"\\u0001\\u000a\u00e4\\ud83d\\ude00\",\"c\":{},"
                + "\"d\":[]}");
  }
}
