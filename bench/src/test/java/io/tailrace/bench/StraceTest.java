package io.tailrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StraceTest {
  private static final String ROWS =
      """
      % time     seconds  usecs/call     calls    errors syscall
      ------ ----------- ----------- --------- --------- ------------------
       86.59    7.940218       57957       137        46 futex
        9.46    0.867569         314      2758           sendfile
        0.00    0.000000           0         6         6 access
      ------ ----------- ----------- --------- --------- ------------------
      """;

  @Test
  void sumsTheCallsWhateverTheColumnsOfTheTotal() {
    String total = "100.00    8.807787        3036      2901        52 total\n";
    String totalOfOldVersions = "100.00    8.807787                  2901        52 total\n";
    assertThat(Strace.totalCalls(ROWS + total)).isEqualTo(2901);
    assertThat(Strace.totalCalls(ROWS + totalOfOldVersions)).isEqualTo(2901);
  }

  @Test
  void refusesWhatIsNoTable() {
    assertThatThrownBy(() -> Strace.totalCalls("strace: detached\n"))
        .isInstanceOf(BenchException.class)
        .hasMessageContaining("strace: detached");
  }
}
