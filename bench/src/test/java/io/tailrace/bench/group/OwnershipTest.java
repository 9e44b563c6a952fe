package io.tailrace.bench.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OwnershipTest {
  private final Ownership ownership = new Ownership(5);

  private void assertIncomplete() {
    assertThatThrownBy(() -> ownership.await(0)).hasMessageContaining("not shared out");
  }

  @Test
  void completeWhenEachPartitionIsWithOneMember() throws Exception {
    ownership.expect(2);
    ownership.holds("a", 3, new int[] {0, 2, 4});
    assertIncomplete();
    long beforeNs = System.nanoTime();
    ownership.holds("b", 3, new int[] {1, 3});
    assertThat(ownership.await(0)).isBetween(beforeNs, System.nanoTime());
  }

  @Test
  void notWhileAPartitionIsWithTwoOrNone() {
    ownership.expect(2);
    ownership.holds("a", 3, new int[] {0, 1, 2});
    ownership.holds("b", 3, new int[] {2, 3});
    assertIncomplete();
    ownership.holds("b", 3, new int[] {3, 4, 2});
    assertIncomplete();
    ownership.holds("b", 3, new int[] {3});
    assertIncomplete();
  }

  @Test
  void notWhileMembersAreOfDifferentGenerations() {
    ownership.expect(2);
    ownership.holds("a", 4, new int[] {0, 1, 2});
    ownership.holds("b", 3, new int[] {3, 4});
    assertIncomplete();
  }

  @Test
  void notWhileOneHasMoreThanItsShare() {
    ownership.expect(2);
    ownership.holds("a", 3, new int[] {0, 1, 2, 3});
    ownership.holds("b", 3, new int[] {4});
    assertIncomplete();
  }

  @Test
  void aChangeOfMembersBeginsAnew() throws Exception {
    ownership.expect(1);
    ownership.holds("a", 1, new int[] {0, 1, 2, 3, 4});
    ownership.await(0);
    ownership.expect(2);
    assertIncomplete();
    ownership.holds("b", 2, new int[] {0, 1});
    ownership.holds("a", 2, new int[] {2, 3, 4});
    ownership.await(0);
    ownership.expect(1);
    ownership.gaveUp("b");
    ownership.holds("a", 2, new int[] {2, 3, 4});
    assertIncomplete();
    ownership.holds("a", 3, new int[] {0, 1, 2, 3, 4});
    ownership.await(0);
  }

  @Test
  void whoWaitsHearsOfAFailure() {
    ownership.expect(1);
    ownership.failed("first");
    ownership.failed("second");
    assertThatThrownBy(() -> ownership.await(60)).hasMessageEndingWith("first");
  }
}
