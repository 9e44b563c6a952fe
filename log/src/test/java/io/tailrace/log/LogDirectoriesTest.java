package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogDirectoriesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"a-0", "A.b_c-d-12", "--0", "-1-1", "__cluster_metadata-0", "x-2147483647", "9-9"})
  void logs(String name) {
    assertThat(LogDirectories.isLog(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "-0",
        "a",
        "a-",
        "0",
        "a-x",
        "a-0x",
        "a-12345678901",
        "a b-0",
        "ä-0",
        "a/b-0",
        "a-0.0123456789abcdef0123456789abcdef-delete",
        "a-0.tmp",
        "meta.properties",
        ".lock"
      })
  void others(String name) {
    assertThat(LogDirectories.isLog(name)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {248, 249, 250})
  void topicsHaveAtMost249Letters(int length) {
    assertThat(LogDirectories.isLog("t".repeat(length) + "-0")).isEqualTo(length <= 249);
  }
}
