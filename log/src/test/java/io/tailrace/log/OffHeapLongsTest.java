package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class OffHeapLongsTest {
  @Test
  void everyOneIsItsOwnWhereverAPieceEnds() {
    for (int count : new int[] {0, 1, (1 << 15) - 1, 1 << 15, (1 << 15) + 1, 100_000}) {
      try (Arena memory = Arena.ofConfined()) {
        OffHeapLongs longs = new OffHeapLongs(memory, count);
        for (int i = 0; i < count; i++) {
          assertThat(longs.get(i)).isZero();
          longs.set(i, -i);
        }
        for (int i = 0; i < count; i++) {
          assertThat(longs.get(i)).isEqualTo(-i);
        }
        longs.clear();
        for (int i = 0; i < count; i++) {
          assertThat(longs.get(i)).isZero();
        }
        assertThatThrownBy(() -> longs.get(count)).isInstanceOf(IndexOutOfBoundsException.class);
      }
    }
  }
}
